/**
 * The log as the core sees it: the durable part behind {@link io.raftoral.raft.log.LogStorage}, the unstable tail,
 * commit and apply cursors.
 */
@NullMarked
package io.raftoral.raft.log;

import org.jspecify.annotations.NullMarked;
