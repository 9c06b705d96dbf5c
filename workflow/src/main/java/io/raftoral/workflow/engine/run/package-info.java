/**
 * Running workflows: the replicas of runs on this node, their threads, and the rules by which a thread may act.
 * Depends on the state package for what was applied, and on the runtime for threads; never on the facade.
 */
@NullMarked
package io.raftoral.workflow.engine.run;

import org.jspecify.annotations.NullMarked;
