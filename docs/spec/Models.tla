------------------------------- MODULE Models -------------------------------
(* Programs and fault budgets which the .cfg files name.                     *)
EXTENDS HotShadow
Effects == <<"assign", "amo", "assign", "alo", "end">>
Both    == <<"assign", "amo", "alo", "end">>
Short   == <<"assign", "amo", "end">>
Assigns == <<"assign", "assign", "alo", "end">>
Receive == <<"recv", "end">>
Timer   == <<"timer", "end">>
Verify  == <<"amo", "verify", "end">>

None0    == [crash |-> 0, rebuild |-> 0, late |-> 0, send |-> 0, snap |-> 0, rest |-> 0]
Crash1   == [None0 EXCEPT !.crash = 1]
Rebuild1 == [None0 EXCEPT !.rebuild = 1]
Late1    == [None0 EXCEPT !.late = 1]
CrashRebuild == [None0 EXCEPT !.crash = 1, !.rebuild = 1]
RebuildLate == [None0 EXCEPT !.rebuild = 1, !.late = 1]
CrashLate == [None0 EXCEPT !.crash = 1, !.late = 1]
AllFaults == [None0 EXCEPT !.crash = 1, !.rebuild = 1, !.late = 1]
Rest1    == [None0 EXCEPT !.rest = 1]
CrashRest == [None0 EXCEPT !.crash = 1, !.rest = 1]
RestLate == [None0 EXCEPT !.rest = 1, !.late = 1]
RestSignal == [None0 EXCEPT !.rest = 1, !.send = 1]
Signals  == [None0 EXCEPT !.send = 2, !.snap = 1]
=============================================================================
