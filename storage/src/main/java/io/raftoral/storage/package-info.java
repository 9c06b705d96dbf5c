/**
 * What a node keeps on disk: its data directory and the stores in it. The interfaces and the directory live here; the
 * layout of the log in {@code .log}, RocksDB in {@code .rocksdb}, the simulator's twins in {@code .memory}. Depends on
 * the records and the driver's ports of {@code raft} alone. The layout is written down in {@code docs/storage.md}.
 */
@NullMarked
package io.raftoral.storage;

import org.jspecify.annotations.NullMarked;
