/** What the transport costs over loopback. Depends on {@code raftoral-transport}; nothing depends on it. */
@NullMarked
package io.raftoral.benchmarks.transport;

import org.jspecify.annotations.NullMarked;
