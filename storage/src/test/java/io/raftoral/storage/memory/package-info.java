/** Tests. */
@NullMarked
package io.raftoral.storage.memory;

import org.jspecify.annotations.NullMarked;
