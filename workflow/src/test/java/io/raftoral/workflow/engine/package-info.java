/**
 * The engine without Raft: several engines on one replicated log that a test commits, delivers, delays and loses as it
 * likes, with threads that run one at a time and a clock that stands still. Start at {@link
 * io.raftoral.workflow.engine.TestCluster}.
 */
@NullMarked
package io.raftoral.workflow.engine;

import org.jspecify.annotations.NullMarked;
