----------------------------- MODULE HotShadow -----------------------------
(* Workflows that run actively on a Raft leader and are rebuilt from one     *)
(* replicated journal everywhere else. See README.md for the rules (R1..).   *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
  Node,      \* the replicas
  First,     \* the one that is elected first (nodes are alike, so this loses nothing)
  Prog,      \* the workflow: a sequence of operation kinds, one a position
  MaxTerm,   \* elections: terms 1..MaxTerm
  Budget,    \* how many faults of each kind: [crash, rebuild, late, send, snap, rest]
  ClockOK,   \* TRUE: the lease assumption holds; FALSE: no clock can be trusted
  Off        \* rules switched off (the deliberately wrong variants)

On(rule) == rule \notin Off

VARIABLES
  term, lead, log,  \* Raft, per node: current term, "I believe I lead", durable log
  clog, cst,        \* the committed log, and the state it yields (history variables)
  st,               \* per node: the applied state
  th,               \* per node: the workflow thread (active nodes only)
  late,             \* outcomes that left their thread but were not appended yet
  runs,             \* the world: per position, the activations that started the effect
  shown,            \* the world: every input that an effect or a client has seen
  told,             \* the result reported to the client
  left              \* fault budget not yet used
vars == <<term, lead, log, clog, cst, st, th, late, runs, shown, told, left>>

Pos   == 1..Len(Prog)
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Top   == Max({term[n] : n \in Node})
Quorums == {Q \in SUBSET Node : Cardinality(Q) = Cardinality(Node) \div 2 + 1}
IsPrefix(a, b) == Len(a) <= Len(b) /\ SubSeq(b, 1, Len(a)) = a

-----------------------------------------------------------------------------
(* Commands. `by` names who computed it: 10 * term of the activation + its   *)
(* incarnation. `base`: positions up to here were read from the applied      *)
(* journal, those after it were computed by `by`. `in`: the values of all    *)
(* earlier positions as the thread saw them (a history field; not on the     *)
(* wire). v: the value; a fresh one per computation stands for time, random  *)
(* or an effect's answer; Unknown is OutcomeUnknownException.                *)
Unknown == 0
Epoch(by) == by \div 10
Nil    == [v |-> 99]
Noop   == [k |-> "noop"]
Sig    == [k |-> "sig"]
Sleep(ep, rev) == [k |-> "rest", ep |-> ep, rev |-> rev]
Wake   == [k |-> "wake"]
Out(t, p, v) == [k |-> "out", p |-> p, by |-> t.by, base |-> t.base, v |-> v, in |-> t.vals]
Intent(t, p) == [k |-> "int", p |-> p, by |-> t.by, base |-> t.base]

(* The applier: state + entry -> state. jr: journal. int: intents. dd: the   *)
(* session table (one client, one request). mb: signals in the mailbox. rev: *)
(* how often something was applied to the run. asleep: no node needs a       *)
(* thread for it.                                                            *)
State0 == [idx |-> 0, ep |-> 0, jr |-> [p \in Pos |-> Nil], int |-> [p \in Pos |-> 0],
           dd |-> FALSE, mb |-> 0, rev |-> 0, asleep |-> FALSE]
Touch(s) == [s EXCEPT !.rev = @ + 1, !.asleep = FALSE]
RECURSIVE FilledFrom(_, _)
FilledFrom(s, p) == IF p \notin Pos \/ s.jr[p] = Nil THEN p - 1 ELSE FilledFrom(s, p + 1)
Filled(s) == FilledFrom(s, 1)    \* how far the journal reaches without a gap
Admit(s, e) ==
  LET c == e.c IN
  /\ s.jr[c.p] = Nil
  /\ On("fence") => Epoch(c.by) = e.t
  /\ On("chain") => /\ c.p = Filled(s) + 1
                    /\ c.base = c.p - 1 \/ s.jr[c.p - 1].by = c.by
Step(s0, e) ==
  LET s == [s0 EXCEPT !.idx = @ + 1, !.ep = e.t]
      c == e.c
  IN CASE c.k = "noop" -> s
       [] c.k = "sig"  -> IF s.dd THEN s ELSE Touch([s EXCEPT !.dd = TRUE, !.mb = @ + 1])
       [] c.k = "int"  -> IF Admit(s, e) /\ s.int[c.p] = 0
                          THEN Touch([s EXCEPT !.int[c.p] = c.by]) ELSE s
       [] c.k = "out"  -> IF Admit(s, e)
                          THEN Touch([s EXCEPT !.jr[c.p] = [v |-> c.v, by |-> c.by, in |-> c.in, t |-> e.t]])
                          ELSE s
       [] c.k = "rest" -> IF c.ep = e.t /\ (On("revision") => c.rev = s.rev) /\ Filled(s) < Len(Prog)
                          THEN [s EXCEPT !.asleep = TRUE] ELSE s
       [] c.k = "wake" -> IF s.asleep THEN Touch(s) ELSE s
RECURSIVE Fold(_, _)
Fold(s, es) == IF es = <<>> THEN s ELSE Fold(Step(s, Head(es)), Tail(es))
Image(s) == IF On("dedupInSnapshot") THEN s ELSE [s EXCEPT !.dd = FALSE]

-----------------------------------------------------------------------------
(* Threads. vals: outcomes of positions 1.. as this thread knows them, so it *)
(* stands at position Len(vals)+1. ph: "go", "int" (its own intent is        *)
(* proposed), "run" (effect in flight), "none" (no thread).                  *)
None == [ph |-> "none", vals |-> <<>>, by |-> 0, base |-> 0]
JVals(s) == [i \in 1..Filled(s) |-> s.jr[i].v]
Fresh(s, by) == [ph |-> "go", vals |-> JVals(s), by |-> by, base |-> Filled(s)]
At(t) == Len(t.vals) + 1
Kind(t) == IF At(t) \in Pos THEN Prog[At(t)] ELSE "done"
Active(n) == lead[n] /\ (On("ownTerm") => st[n].ep = term[n])
(* A thread takes outcomes that the journal has and it lacks, but not once   *)
(* the journal contradicts it: then only a rebuild helps.                    *)
Agrees(t, s) == IsPrefix(t.vals, JVals(s))
Sync(t, s) == IF t.ph = "none" \/ Filled(s) < At(t) \/ (On("ack") /\ ~Agrees(t, s)) THEN t
              ELSE [t EXCEPT !.vals = @ \o SubSeq(JVals(s), At(t), Filled(s)), !.ph = "go",
                             !.base = Filled(s)]
Activate(t, s, by) == IF t.ph = "none" THEN Fresh(s, by) ELSE Sync([t EXCEPT !.by = by], s)
Deposed(t) == IF On("discard") THEN None ELSE t
(* Everything this thread knows is in the applied journal, as it knows it.   *)
Settled(n) == IF On("ack") THEN Agrees(th[n], st[n])
                           ELSE Filled(st[n]) >= Len(th[n].vals)

(* The barrier as built: of each of this thread's own proposals it is known  *)
(* whether it was refused or applied. What others propose does not matter.   *)
Own(n, c) == c.k \in {"out", "int"} /\ c.by = th[n].by
Drained(n) == /\ \A i \in (st[n].idx + 1)..Len(log[n]) : ~Own(n, log[n][i].c)
              /\ \A c \in late : ~Own(n, c)
(* Its thread may be let go: nothing of it is under way, and it waits.       *)
Idle(n) == th[n].ph \in {"none", "go"} /\ Settled(n) /\ Drained(n)

-----------------------------------------------------------------------------
Init ==
  /\ term = [n \in Node |-> 0] /\ lead = [n \in Node |-> FALSE]
  /\ log = [n \in Node |-> <<>>] /\ clog = <<>> /\ cst = State0
  /\ st = [n \in Node |-> State0] /\ th = [n \in Node |-> None]
  /\ late = {} /\ runs = [p \in Pos |-> <<>>] /\ shown = {} /\ told = <<>>
  /\ left = Budget

(* Raft, abstractly. An election is one step; a message that is never sent   *)
(* and one that is lost are the same. A leader outside the quorum stays a    *)
(* zombie until it hears of the new term. With ClockOK no one is elected     *)
(* while another leader's lease runs.                                        *)
UpToDate(a, b) == LET lt(x) == IF x = <<>> THEN 0 ELSE x[Len(x)].t
                  IN lt(a) > lt(b) \/ (lt(a) = lt(b) /\ Len(a) >= Len(b))
Elect(n) ==
  /\ ~lead[n] /\ Top < MaxTerm /\ (Top = 0 => n = First)
  /\ (ClockOK /\ On("transfer")) => \A m \in Node : ~lead[m]
  /\ \E Q \in Quorums :
       /\ n \in Q /\ \A m \in Q : UpToDate(log[n], log[m])
       /\ LET T == Top + 1 IN
          /\ term' = [m \in Node |-> IF m \in Q THEN T ELSE term[m]]
          /\ lead' = [m \in Node |-> IF m = n THEN TRUE ELSE lead[m] /\ m \notin Q]
          /\ log' = [log EXCEPT ![n] = Append(@, [t |-> T, c |-> Noop])]
          /\ th' = [m \in Node |->
                IF m = n /\ ~On("ownTerm") THEN Activate(th[n], st[n], 10 * T)
                ELSE IF m \in Q THEN Deposed(th[m]) ELSE th[m]]
  /\ UNCHANGED <<clog, cst, st, late, runs, shown, told, left>>

Replicate(n, m) ==
  /\ n # m /\ lead[n] /\ term[m] <= term[n] /\ (term[m] < term[n] \/ log[m] # log[n])
  /\ term' = [term EXCEPT ![m] = term[n]] /\ lead' = [lead EXCEPT ![m] = FALSE]
  /\ log' = [log EXCEPT ![m] = log[n]]
  /\ th' = [th EXCEPT ![m] = Deposed(@)]
  /\ IF Cardinality({k \in Node \ {m} : term[k] = term[n] /\ log[k] = log[n]}) >= Cardinality(Node) \div 2
     THEN clog' = log[n] /\ cst' = Fold(cst, SubSeq(log[n], Len(clog) + 1, Len(log[n])))
     ELSE UNCHANGED <<clog, cst>>
  /\ UNCHANGED <<st, late, runs, shown, told, left>>

(* Lease ran out and the leader noticed: it stops. Only with ClockOK; without*)
(* it the worst case is a leader which never notices.                        *)
StepDown(n) ==
  /\ ClockOK /\ lead[n] /\ term[n] < MaxTerm
  /\ lead' = [lead EXCEPT ![n] = FALSE] /\ th' = [th EXCEPT ![n] = Deposed(@)]
  /\ UNCHANGED <<term, log, clog, cst, st, late, runs, shown, told, left>>

Crash(n) ==
  /\ left.crash > 0 /\ lead[n] /\ term[n] < MaxTerm
  /\ left' = [left EXCEPT !.crash = @ - 1]
  /\ lead' = [lead EXCEPT ![n] = FALSE] /\ th' = [th EXCEPT ![n] = None]
  /\ st' = [st EXCEPT ![n] = State0]
  /\ UNCHANGED <<term, log, clog, cst, late, runs, shown, told>>

(* A node may learn at any time that an entry it holds is committed. Only    *)
(* leaders apply: a passive replica's applying cannot be seen from outside.  *)
Apply(n) ==
  LET i == st[n].idx + 1 IN
  /\ lead[n] /\ i <= Len(clog) /\ i <= Len(log[n]) /\ log[n][i] = clog[i]
  /\ LET s == Step(st[n], log[n][i])
         starts == s.ep = term[n] /\ st[n].ep # term[n] /\ On("ownTerm")
     IN /\ st' = [st EXCEPT ![n] = s]
        /\ th' = [th EXCEPT ![n] =
              IF starts THEN IF s.asleep THEN [None EXCEPT !.by = 10 * term[n]]
                                         ELSE Activate(@, s, 10 * term[n])
              ELSE IF s.asleep THEN IF Idle(n) THEN [None EXCEPT !.by = th[n].by] ELSE Sync(@, s)
              ELSE IF @.ph = "none" /\ st[n].asleep THEN Fresh(s, @.by + 1)
              ELSE Sync(@, s)]
        /\ told' = IF told = <<>> /\ Filled(s) = Len(Prog) THEN JVals(s) ELSE told
  /\ UNCHANGED <<term, lead, log, clog, cst, late, runs, shown, left>>

(* A lagging follower is sent a snapshot of another node's applied state.    *)
Snapshot(n, m) ==
  /\ left.snap > 0 /\ lead[n] /\ ~lead[m] /\ term[m] = term[n]
  /\ st[n].idx > st[m].idx /\ st[n].idx <= Len(log[m])
  /\ SubSeq(log[m], 1, st[n].idx) = SubSeq(log[n], 1, st[n].idx)
  /\ left' = [left EXCEPT !.snap = @ - 1]
  /\ st' = [st EXCEPT ![m] = Image(st[n])]
  /\ UNCHANGED <<term, lead, log, clog, cst, th, late, runs, shown, told>>

(* A client sends its one signal, again after a time-out, to any leader.     *)
Send(n) ==
  /\ left.send > 0 /\ lead[n]
  /\ left' = [left EXCEPT !.send = @ - 1]
  /\ log' = [log EXCEPT ![n] = Append(@, [t |-> term[n], c |-> Sig])]
  /\ UNCHANGED <<term, lead, clog, cst, st, th, late, runs, shown, told>>

-----------------------------------------------------------------------------
(* A proposal is appended at once, or (a fault) lingers in a queue or on the *)
(* network and is appended later, by whoever leads then; or never.           *)
Propose(n, c) ==
  \/ /\ On("overtake") \/ \A d \in late : d.by # c.by     \* does it overtake an older one?
     /\ log' = [log EXCEPT ![n] = Append(@, [t |-> term[n], c |-> c])]
     /\ UNCHANGED <<late, left>>
  \/ /\ left.late > 0 /\ left' = [left EXCEPT !.late = @ - 1]
     /\ late' = late \union {c} /\ UNCHANGED log
Deliver(n, c) ==
  /\ lead[n] /\ (On("overtake") \/ Epoch(c.by) # term[n])
  /\ log' = [log EXCEPT ![n] = Append(@, [t |-> term[n], c |-> c])]
  /\ late' = late \ {c}
  /\ UNCHANGED <<term, lead, clog, cst, st, th, runs, shown, told, left>>

Resolve(n, v) ==    \* propose the outcome of the present position and run ahead
  /\ Propose(n, Out(th[n], At(th[n]), v))
  /\ th' = [th EXCEPT ![n].vals = Append(@, v), ![n].ph = "go"]
Start(n) ==         \* from here on the effect may happen in the world
  /\ th' = [th EXCEPT ![n].ph = "run"]
  /\ runs' = [runs EXCEPT ![At(th[n])] = Append(@, th[n].by)]
  /\ shown' = shown \union {th[n].vals}
  /\ UNCHANGED <<log, late, left, told>>

Assign(n) ==
  /\ Kind(th[n]) = "assign" /\ Resolve(n, th[n].by) /\ UNCHANGED <<runs, shown, told>>
End(n) ==
  /\ Kind(th[n]) = "end" /\ Resolve(n, th[n].by) /\ UNCHANGED <<runs, shown>>
  /\ told' = IF On("outputCommit") \/ told # <<>> THEN told ELSE Append(th[n].vals, th[n].by)
AtLeastOnce(n) ==
  /\ Kind(th[n]) = "alo" /\ th[n].ph = "go" /\ (On("outputCommit") => Settled(n))
  /\ Start(n)
AtMostOnce(n) ==    \* "verify": as "amo", but only if the one before is Unknown and left no trace
  LET t == th[n] p == At(th[n]) i == st[n].int[At(th[n])] IN
  /\ Kind(t) \in {"amo", "verify"}
  /\ IF Kind(t) = "verify" /\ ~(t.vals[p-1] = Unknown /\ runs[p-1] = <<>>) /\ t.ph = "go" /\ i = 0
     THEN Settled(n) /\ Resolve(n, t.by) /\ UNCHANGED <<runs, shown, told>>
     ELSE CASE t.ph = "go" /\ i = 0 ->
                 IF On("intentFirst")
                 THEN /\ Propose(n, Intent(t, p)) /\ th' = [th EXCEPT ![n].ph = "int"]
                      /\ UNCHANGED <<runs, shown, told>>
                 ELSE Settled(n) /\ Start(n)
            [] t.ph = "int" /\ i = t.by -> Start(n)
            [] t.ph = "go" /\ i # 0 /\ ~On("token") /\ Epoch(i) = term[n] -> Start(n)
            [] t.ph \in {"go", "int"} /\ i \notin {0, t.by} ->
                 Resolve(n, Unknown) /\ UNCHANGED <<runs, shown, told>>
            [] OTHER -> FALSE
Finish(n) ==
  /\ th[n].ph = "run" /\ Resolve(n, th[n].by) /\ UNCHANGED <<runs, shown, told>>
(* Receive and timer: the node proposes the outcome when it is due, perhaps  *)
(* twice; the thread goes on when it is applied.                             *)
Due(n) ==
  LET p == At(th[n]) IN
  /\ Kind(th[n]) \in {"recv", "timer"} /\ Settled(n)
  /\ Kind(th[n]) = "recv" => st[n].mb > 0
  /\ Cardinality({i \in 1..Len(log[n]) : log[n][i].t = term[n] /\ log[n][i].c.k = "out"
                                          /\ log[n][i].c.p = p}) < 2
  /\ Propose(n, Out(th[n], p, th[n].by)) /\ UNCHANGED <<th, runs, shown, told>>

(* The thread is dropped and rebuilt from the journal within one activation: *)
(* a refused proposal, a lease lost and regained.                            *)
Stuck(n) == /\ Drained(n) /\ th[n].ph # "run"
            /\ ~Agrees(th[n], st[n]) \/ (th[n].ph = "int" /\ st[n].int[At(th[n])] = 0)
Rebuild(n) ==
  /\ Active(n) /\ th[n].ph # "none" /\ (On("barrier") => Drained(n))
  /\ \/ Stuck(n) /\ UNCHANGED left
     \/ left.rebuild > 0 /\ left' = [left EXCEPT !.rebuild = @ - 1]
  /\ th' = [th EXCEPT ![n] = Fresh(st[n], @.by + 1)]
  /\ UNCHANGED <<term, lead, log, clog, cst, st, late, runs, shown, told>>

(* Runs that sleep: when all a thread has produced is in the journal, it is  *)
(* let go; a command to do so carries the revision of the run, and whatever  *)
(* is applied to the run makes it wrong. Sleeping runs are woken by a        *)
(* command, or by whatever else is applied to them, with a new incarnation.  *)
Rest(n) ==
  /\ left.rest > 0 /\ Active(n) /\ th[n].ph = "go" /\ Idle(n) /\ Kind(th[n]) # "done"
  /\ Kind(th[n]) = "recv" => st[n].mb = 0   \* a thread that has something to take does not wait
  /\ left' = [left EXCEPT !.rest = @ - 1]
  /\ log' = [log EXCEPT ![n] = Append(@, [t |-> term[n], c |-> Sleep(term[n], st[n].rev)])]
  /\ UNCHANGED <<term, lead, clog, cst, st, th, late, runs, shown, told>>
Rouse(n) ==         \* who waits for a signal waits for no time
  /\ Active(n) /\ st[n].asleep /\ Filled(st[n]) < Len(Prog) /\ Prog[Filled(st[n]) + 1] # "recv"
  /\ \A i \in (st[n].idx + 1)..Len(log[n]) : log[n][i].c.k # "wake"
  /\ log' = [log EXCEPT ![n] = Append(@, [t |-> term[n], c |-> Wake])]
  /\ UNCHANGED <<term, lead, clog, cst, st, th, late, runs, shown, told, left>>

(* A queue gives a proposal up, and says so.                                 *)
Refuse(c) ==
  /\ late' = late \ {c}
  /\ UNCHANGED <<term, lead, log, clog, cst, st, th, runs, shown, told, left>>

Thread(n) ==
  /\ Active(n) /\ th[n].ph # "none"
  /\ Assign(n) \/ End(n) \/ AtLeastOnce(n) \/ AtMostOnce(n) \/ Finish(n) \/ Due(n)
  /\ UNCHANGED <<term, lead, clog, cst, st>>

Next == \E n \in Node :
  \/ Elect(n) \/ StepDown(n) \/ Crash(n) \/ Apply(n) \/ Thread(n) \/ Rebuild(n) \/ Send(n)
  \/ Rest(n) \/ Rouse(n)
  \/ \E m \in Node : Replicate(n, m) \/ Snapshot(n, m)
  \/ \E c \in late : Deliver(n, c) \/ Refuse(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Invariants.                                                               *)
RaftSafe ==         \* one leader a term, and the newest one has all that is committed
  /\ \A n, m \in Node : lead[n] /\ lead[m] /\ term[n] = term[m] => n = m
  /\ \A n \in Node : lead[n] /\ term[n] = Top => IsPrefix(clog, log[n])
Agreement ==        \* an applied state is a function of the committed log
  \A n \in Node : /\ st[n].idx = Len(clog) => st[n] = cst
                  /\ \A m \in Node : st[n].idx = st[m].idx => st[n] = st[m]
AtMostOnceHolds ==  \* whatever the clocks do
  \A p \in Pos : Prog[p] = "amo" => Len(runs[p]) <= 1
OutputCommit ==     \* what the outside sees rests on committed outcomes only
  \A b \in shown : \A i \in 1..Len(b) : cst.jr[i] # Nil /\ cst.jr[i].v = b[i]
NothingVanishes ==  \* weaker: it is never contradicted later
  \A b \in shown : \A i \in 1..Len(b) : cst.jr[i] # Nil => cst.jr[i].v = b[i]
Causal ==           \* each outcome was computed from exactly the outcomes before it
  \A p \in Pos : cst.jr[p] # Nil =>
     \A i \in 1..(p-1) : cst.jr[i] # Nil /\ cst.jr[i].v = cst.jr[p].in[i]
NoLateOutcome ==    \* only the present activation writes the journal
  \A p \in Pos : cst.jr[p] # Nil => Epoch(cst.jr[p].by) = cst.jr[p].t
CompletionKept ==   \* a result which a client was told stays the result
  told # <<>> => JVals(cst) = told
SignalOnce ==       \* one request, one signal
  cst.mb <= 1 /\ \A n \in Node : st[n].mb <= 1
ThreadTrue ==       \* an active thread never contradicts the applied journal
  \A n \in Node : Active(n) /\ th[n].ph # "none" =>
     \A i \in 1..Len(th[n].vals) : st[n].jr[i] # Nil => st[n].jr[i].v = th[n].vals[i]
VerifyOnce ==       \* a verify hook that allows another run: not safe without clocks
  \A p \in Pos : Prog[p] = "verify" => Len(runs[p-1]) + Len(runs[p]) <= 1
(* Only with the lease assumption.                                           *)
OneActive == Cardinality({n \in Node : Active(n)}) <= 1
OneRunner == Cardinality({n \in Node : th[n].ph = "run"}) <= 1
EpochOrder == \A p \in Pos : \A i \in 1..(Len(runs[p]) - 1) : runs[p][i] <= runs[p][i+1]

JournalStable == [][\A p \in Pos : cst.jr[p] # Nil => cst'.jr[p] = cst.jr[p]]_vars

(* Liveness: faults are finite; if no one leads, someone is elected.         *)
NoLeader == \A n \in Node : ~(lead[n] /\ term[n] = Top)
Fair == /\ WF_vars(\E n \in Node : NoLeader /\ Elect(n))
        /\ \A n \in Node : /\ WF_vars(Apply(n)) /\ WF_vars(Thread(n))
                           /\ WF_vars(Rebuild(n) /\ Stuck(n)) /\ WF_vars(Send(n)) /\ WF_vars(Rouse(n))
                           /\ \A m \in Node : WF_vars(Replicate(n, m))
        /\ WF_vars(\E c \in late : Refuse(c))
FairSpec == Spec /\ Fair
Ends == <>(told # <<>>)
Symmetry == Permutations(Node \ {First})
=============================================================================
