package io.raftoral.workflow.engine.run;

import io.raftoral.raft.driver.Group;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.state.Applied;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.RunInfo;
import io.raftoral.workflow.engine.state.StateReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of all open runs on this node. Told by the apply thread what was applied and when the role flips; asked
 * by any thread.
 */
public final class Runs {
  private static final long PASSIVE = 0;

  private final WorkflowTypes types;
  private final RunServices services;

  /** By number, so that walks have the same order everywhere. */
  private final ConcurrentSkipListMap<Long, RunHost> hosts = new ConcurrentSkipListMap<>();

  private final Passivation passivation;
  private final Watchdog watchdog;
  private final Retention retention;

  /** The term of the activation, or {@link #PASSIVE}. */
  private volatile long activeTerm = PASSIVE;

  /** Replicas of a node's runs; none yet. */
  public Runs(
      RunSettings settings,
      WorkflowTypes types,
      EngineRuntime runtime,
      Group group,
      StateReader reader,
      Payloads payloads,
      NodeListener listener,
      GroupClock clock) {
    this.types = types;
    LeaseGuard lease = new LeaseGuard(runtime, group, settings.leaseMarginMs());
    services =
        new RunServices(settings, runtime, group, lease, reader, payloads, listener, new AtomicLong(),
            new AtomicLong(), new AtomicLong(), clock);
    passivation = new Passivation(services, hosts.values());
    watchdog = new Watchdog(services, hosts.values());
    retention = new Retention(services);
  }

  // ------------------------------------------------------------------------------------- the apply thread

  /** Begins the runs that were awake when the node started. They begin passive and go through their journals. */
  public void begin(Map<RunInfo, RunHead> awake) {
    awake.forEach(this::begin);
  }

  private void begin(RunInfo info, RunHead head) {
    RunHost host = new RunHost(services, info, head, code(info), activeTerm, passivation, watchdog);
    hosts.put(info.run(), host);
    host.begin();
  }

  private RunCode code(RunInfo info) {
    WorkflowType<?, ?> type = types.find(info.type(), info.version());
    return type == null
        ? new RunCode.Missing(info, services.settings().node())
        : new RunCode.Registered<>(
            type, info, services.payloads(), services.settings().limits().maxPayloadBytes());
  }

  /** Something was applied. */
  public void applied(Applied event) {
    switch (event) {
      case Applied.Started started -> {
        if (started.created()) {
          begin(started.info(), RunHead.NEW);
        }
      }
      case Applied.Advanced advanced -> {
        RunHost host = hosts.get(advanced.info().run());
        if (host != null) {
          host.advanced(advanced.branch(), advanced.by(), advanced.entries(), advanced.head());
        }
      }
      case Applied.IntentHeld held -> {
        RunHost host = hosts.get(held.info().run());
        if (host != null) {
          host.intentHeld(held.branch(), held.by(), held.position());
        }
      }
      case Applied.Rejected rejected -> {
        RunHost host = hosts.get(rejected.run());
        if (host != null) {
          host.rejected(rejected.branch(), rejected.by(), rejected.position(), rejected.reason().name());
        }
      }
      case Applied.Rested rested -> {
        RunHost host = hosts.get(rested.info().run());
        if (host != null && host.rested()) {
          hosts.remove(rested.info().run());
        }
        passivation.rested(rested.wakeMs());
      }
      case Applied.Woken woken -> {
        // A replica that could not be forgotten is still there.
        if (!hosts.containsKey(woken.info().run())) {
          begin(woken.info(), woken.head());
        }
      }
      case Applied.Changed changed -> {
        RunHost host = hosts.get(changed.info().run());
        if (host != null) {
          host.changed(changed.cancelReason());
        }
      }
      case Applied.Requested requested -> {}
      case Applied.Answered answered -> {}
      case Applied.Ended ended -> {
        RunHost host = hosts.remove(ended.info().run());
        if (host != null) {
          host.ended();
        }
      }
    }
  }

  /** What was applied last has changed these runs, which have these revisions now. */
  public void revisions(Map<Long, Long> revisions) {
    revisions.forEach(
        (run, revision) -> {
          RunHost host = hosts.get(run);
          if (host != null) {
            host.revision(revision);
          }
        });
  }

  /** This node leads and has applied an entry of its own term: every run may go on where its journal ends. */
  public void activate(long term) {
    activeTerm = term;
    hosts.values().forEach(host -> host.activate(term));
    passivation.activate(term);
    retention.activate(term);
  }

  /** This node is no longer active. */
  public void deactivate() {
    activeTerm = PASSIVE;
    passivation.deactivate();
    retention.deactivate();
    hosts.values().forEach(RunHost::deactivate);
  }

  /**
   * The state was replaced: runs go on where they stand in it, new ones begin, and those that ended, sleep or vanished
   * are let go.
   */
  public void restored(Map<RunInfo, RunHead> awake) {
    Map<Long, RunHost> before = new TreeMap<>(hosts);
    awake.forEach(
        (info, head) -> {
          RunHost host = before.remove(info.run());
          if (host == null) {
            begin(info, head);
          } else {
            host.restored(head);
          }
        });
    before.forEach(
        (run, host) -> {
          hosts.remove(run);
          host.removed();
        });
  }

  /**
   * The node goes down.
   *
   * @param abandon leaves threads where they are, as if the process had died
   */
  public void stop(boolean abandon) {
    passivation.deactivate();
    retention.deactivate();
    watchdog.stop();
    hosts.values().forEach(host -> host.stop(abandon));
  }

  // ------------------------------------------------------------------------------------------- any thread

  /** Rule <b>Transfer</b>: stops the effects of this activation for good. Returns its term, 0 if there is none. */
  public long handOver() {
    long term = activeTerm;
    if (term != PASSIVE) {
      services.lease().handOver(term);
    }
    return term;
  }

  /** The term of the activation, 0 if there is none. */
  public long activeTerm() {
    return activeTerm;
  }

  /** What keeps the replica of a run from going on here, or null. */
  public @Nullable RunProblem problem(long run) {
    RunHost host = hosts.get(run);
    return host == null ? null : host.problem();
  }

  /** What this node does about a run that is open; null if it does nothing, as the run sleeps. */
  public RunReplica.@Nullable State state(long run) {
    RunHost host = hosts.get(run);
    return host == null ? null : host.state();
  }

  /**
   * An operator's decision about a replica that cannot go on: it is built again from the journal, or this node stops
   * following the run until it is active.
   *
   * @return whether there was a problem to decide about
   */
  public boolean decide(long run, boolean again) {
    RunHost host = hosts.get(run);
    return host != null && host.decide(again);
  }

  /** How many runs have a thread here that does not come out of the workflow's code. */
  public long stuck() {
    return services.stuckRuns().get();
  }

  /** How many replicas cannot go on here. */
  public long blocked() {
    return services.blockedRuns().get();
  }

  /** How many runs have a replica in memory. */
  public int awake() {
    return hosts.size();
  }

  /** How many effects run here. */
  public int effectsInFlight() {
    return services.lease().running();
  }
}
