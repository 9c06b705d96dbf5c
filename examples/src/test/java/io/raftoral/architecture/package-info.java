/** Rules that hold across modules; here because this module sees all of them. */
@NullMarked
package io.raftoral.architecture;

import org.jspecify.annotations.NullMarked;
