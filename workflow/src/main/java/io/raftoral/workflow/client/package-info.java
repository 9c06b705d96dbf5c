/** Clients, and the protocol they speak. */
@NullMarked
package io.raftoral.workflow.client;

import org.jspecify.annotations.NullMarked;
