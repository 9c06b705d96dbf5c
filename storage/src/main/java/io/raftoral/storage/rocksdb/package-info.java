/** The stores on RocksDB. The only package of the project that may depend on RocksDB. */
@NullMarked
package io.raftoral.storage.rocksdb;

import org.jspecify.annotations.NullMarked;
