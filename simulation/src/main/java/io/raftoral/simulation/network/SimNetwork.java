package io.raftoral.simulation.network;

import io.raftoral.raft.message.Message;
import io.raftoral.simulation.plan.Knobs;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;

/**
 * The links between nodes, each in one direction. A link has its own stream of random numbers, its own cut, and its own
 * memory of what it delivered last, for links that keep an order.
 *
 * <p>A cut drops what is sent while it lasts; what is under way already arrives. A message that is late may arrive
 * minutes later, at another incarnation of its receiver.
 */
public final class SimNetwork {
  private static final long LATE_MEAN_NANOS = 20_000_000_000L;

  private final World world;
  private final int nodes;
  private final Knobs knobs;
  private final Delivery delivery;
  private final SimRandom[] random;
  private final int[] cuts;
  private final long[] lastNanos;
  private double loss;
  private double duplicate;
  private double reorder;
  private double late;
  private double slowdown = 1;
  private long sent;
  private long dropped;

  /** Takes what arrives. */
  @FunctionalInterface
  public interface Delivery {
    /**
     * A message reaches its receiver.
     *
     * @param life which life of the sender's process sent it
     */
    void deliver(int from, int life, int to, long group, Message message, boolean late);
  }

  /** A network of nodes 1 to {@code nodes}, all links whole. */
  public SimNetwork(World world, int nodes, Knobs knobs, Delivery delivery) {
    this.world = world;
    this.nodes = nodes;
    this.knobs = knobs;
    this.delivery = delivery;
    int links = (nodes + 1) * (nodes + 1);
    this.random = new SimRandom[links];
    this.cuts = new int[links];
    this.lastNanos = new long[links];
    for (int from = 1; from <= nodes; from++) {
      for (int to = 1; to <= nodes; to++) {
        random[link(from, to)] = world.random("net.link." + from + "->" + to);
      }
    }
    this.loss = knobs.loss();
  }

  private int link(int from, int to) {
    return from * (nodes + 1) + to;
  }

  /** Messages that were sent. */
  public long sent() {
    return sent;
  }

  /** Messages that were lost. */
  public long dropped() {
    return dropped;
  }

  /** Cuts a link once more, or takes one cut back: cuts that overlap add up. */
  public void cut(int from, int to, boolean cut) {
    cuts[link(from, to)] += cut ? 1 : -1;
  }

  /** Whether a link is cut. */
  public boolean isCut(int from, int to) {
    return cuts[link(from, to)] > 0;
  }

  /** How all links behave from now on. */
  public void quality(double newLoss, double newDuplicate, double newReorder, double newLate, double newSlowdown) {
    loss = newLoss;
    duplicate = newDuplicate;
    reorder = newReorder;
    late = newLate;
    slowdown = newSlowdown;
  }

  /** All links are whole and as the knobs have them, without loss. */
  public void heal() {
    java.util.Arrays.fill(cuts, 0);
    quality(0, 0, 0, 0, 1);
  }

  /** As the knobs have it. */
  public void normal() {
    quality(knobs.loss(), 0, 0, 0, 1);
  }

  /** A message leaves a node, in the given life of its process. */
  public void send(int from, int life, int to, long group, Message message) {
    sent++;
    int link = link(from, to);
    SimRandom luck = random[link];
    if (cuts[link] > 0 || luck.chance(loss)) {
      dropped++;
      return;
    }
    transmit(from, life, to, group, message, luck);
    if (luck.chance(duplicate)) {
      transmit(from, life, to, group, message, luck);
    }
  }

  private void transmit(int from, int life, int to, long group, Message message, SimRandom luck) {
    int link = link(from, to);
    boolean veryLate = luck.chance(late);
    double nanos = (knobs.latencyMicros() * 1_000 + luck.exponential(knobs.jitterMicros() * 1_000.0)) * slowdown;
    long at = world.nowNanos() + (long) nanos;
    if (veryLate) {
      at += luck.exponential(LATE_MEAN_NANOS);
    } else if (knobs.ordered() && !luck.chance(reorder)) {
      at = Math.max(at, lastNanos[link] + 1);
      lastNanos[link] = at;
    }
    world.at(at, to, EventKind.DELIVER, () -> delivery.deliver(from, life, to, group, message, veryLate));
  }
}
