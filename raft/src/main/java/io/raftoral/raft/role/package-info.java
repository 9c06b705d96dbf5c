/**
 * What a node does as follower, candidate and leader. {@link io.raftoral.raft.role.RaftCore} holds what every role
 * shares and changes the role; it is public only for {@link io.raftoral.raft.RawNode}, which is what embedders use.
 * May depend on every other package of the core, and on the records of {@code io.raftoral.raft}, but not on {@code
 * RawNode} or {@code Ready}.
 */
@NullMarked
package io.raftoral.raft.role;

import org.jspecify.annotations.NullMarked;
