/** Tests. */
@NullMarked
package io.raftoral.storage.log;

import org.jspecify.annotations.NullMarked;
