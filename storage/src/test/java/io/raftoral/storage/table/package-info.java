/** Tests. */
@NullMarked
package io.raftoral.storage.table;

import org.jspecify.annotations.NullMarked;
