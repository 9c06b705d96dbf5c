/**
 * The Raft consensus algorithm as a pure state machine: what an embedder sees.
 *
 * <p>{@link io.raftoral.raft.RawNode} is one node of one replicated group. It has no clock, no thread, no disk and no
 * network. Whoever embeds it passes inputs in (a tick of the clock, a message that arrived, a proposal), asks for a
 * {@link io.raftoral.raft.Ready}, does what it says (write, send, apply), and acknowledges that. The same inputs give
 * the same outputs, bit for bit, which makes a node as easy to test as a function. The package {@code driver} is such
 * an embedder, complete with asynchronous disk and many groups on one loop.
 *
 * <h2>A group of one, from start to finish</h2>
 *
 * {@snippet :
 * // The log. It starts out empty, with node 1 as the only voter.
 * MemoryLogStorage log = new MemoryLogStorage(ConfState.ofVoters(List.of(1L)));
 * RawNode node = new RawNode(RaftConfig.defaults(1), log, new Random());
 * List<String> state = new ArrayList<>(); // the state machine
 *
 * node.campaign(); // do not wait for the election timeout
 * boolean proposed = false;
 * while (state.isEmpty()) {
 *   node.tick(); // in a service: every 100 ms, say; and node.step(message) for everything that arrives
 *   if (!proposed && node.status().role() == RoleName.LEADER) {
 *     node.propose(List.of("hello".getBytes(StandardCharsets.UTF_8)));
 *     proposed = true;
 *   }
 *   while (node.hasReady()) {
 *     Ready ready = node.ready();
 *     // 1. Messages that promise nothing may leave at once: here there is nobody to send them to.
 *     send(ready.messages());
 *     // 2. Write. A real log must have synced this, if ready.mustSync(), before it goes on.
 *     log.write(ready.hardState(), ready.snapshot(), ready.entries());
 *     // 3. Votes and acknowledgements leave only now, since they promise what was just written.
 *     send(ready.messagesAfterPersist());
 *     // 4. Apply what is committed.
 *     for (Entry entry : ready.committedEntries()) {
 *       switch (entry) {
 *         case Entry.Normal normal when normal.data().length > 0 ->
 *             state.add(new String(normal.data(), StandardCharsets.UTF_8));
 *         case Entry.Normal blank -> {} // the entry with which a leader begins its term
 *         case Entry.Membership membership -> log.confState(node.applyConfChange(membership.change()));
 *       }
 *     }
 *     // 5. Say that all this is done.
 *     node.advance(ready);
 *   }
 * }
 * }
 *
 * <h2>More nodes</h2>
 *
 * <p>Give every node the same {@link io.raftoral.raft.membership.ConfState}, an id and a random generator of its own,
 * and carry messages between them: to {@link io.raftoral.raft.message.Message#to()}, into that node's {@code step}.
 * Messages may be lost, late, repeated or reordered; nothing but liveness depends on them.
 *
 * <h2>Writing and applying elsewhere</h2>
 *
 * <p>{@code advance} is for those who do one thing after the other; with {@link
 * io.raftoral.raft.RaftConfig#asyncStorage()} off, they need one round less for entries that are committed when they
 * arrive. Others hand a Ready to the disk and go on: they may take further Readys before the first is durable, and
 * say {@link io.raftoral.raft.RawNode#persisted(long)} and {@link io.raftoral.raft.RawNode#applied(long)} when it is
 * so. The core counts nothing before that.
 *
 * <h2>Where things are</h2>
 *
 * <p>{@code message}: what nodes say and store. {@code log}: the log, its durable part behind a read interface.
 * {@code role}: what followers, candidates and leaders do. {@code quorum}, {@code membership}: pure functions. {@code
 * progress}: what a leader knows of a member. {@code trace}: a window for validators. {@code driver}: the loop, disk
 * and network around cores.
 *
 * <p>This package depends on all of these but {@code driver}; they know only its records and
 * {@link io.raftoral.raft.RaftInvariantViolation}.
 */
@NullMarked
package io.raftoral.raft;

import org.jspecify.annotations.NullMarked;
