/** Tests. */
@NullMarked
package io.raftoral.storage.rocksdb;

import org.jspecify.annotations.NullMarked;
