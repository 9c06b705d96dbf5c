/** The embedding example of the README. Depends on the library's public API alone. */
@NullMarked
package io.raftoral.examples.embed;

import org.jspecify.annotations.NullMarked;
