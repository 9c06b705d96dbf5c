/**
 * What a service that embeds Raftoral sees: workflow types and their context, the node, the client, and every error they
 * report. Start at {@link io.raftoral.workflow.Raftoral#node}.
 *
 * <p>Nothing in the other packages of this module is meant to be used directly.
 */
@NullMarked
package io.raftoral.workflow;

import org.jspecify.annotations.NullMarked;
