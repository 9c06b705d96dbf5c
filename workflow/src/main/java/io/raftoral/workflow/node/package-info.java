/**
 * A node as a whole: settings and their validation, assembly of directory, stores, transport, driver and engine in the
 * right order, and the serving of requests, its own client's and those that arrive over the network. Everything else of
 * the module may be used here; nothing but the public API's builder depends on it.
 */
@NullMarked
package io.raftoral.workflow.node;

import org.jspecify.annotations.NullMarked;
