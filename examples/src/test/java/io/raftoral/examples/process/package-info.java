/** The command with real processes: child JVMs, sockets, disks, {@code kill -9}. */
@NullMarked
package io.raftoral.examples.process;

import org.jspecify.annotations.NullMarked;
