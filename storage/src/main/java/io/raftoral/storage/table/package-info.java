/**
 * The seam below the stores: an ordered table with atomic batches and an explicit sync, and the batch format. Both
 * RocksDB and the simulator's disk are such tables, so that everything above is the same code in both. Internal to the
 * module.
 */
@NullMarked
package io.raftoral.storage.table;

import org.jspecify.annotations.NullMarked;
