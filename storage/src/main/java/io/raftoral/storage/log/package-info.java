/**
 * The log of a node's groups over a {@link io.raftoral.storage.table.Table}: record layout, group commit, what the core
 * reads, recovery. The same code runs on RocksDB and on the simulator's disk. Internal to the module, but for {@link
 * io.raftoral.storage.log.LogStats}.
 */
@NullMarked
package io.raftoral.storage.log;

import org.jspecify.annotations.NullMarked;
