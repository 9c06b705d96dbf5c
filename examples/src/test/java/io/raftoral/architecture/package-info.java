/** Rules that hold across modules; here because this module sees all of them but the benchmarks. */
@NullMarked
package io.raftoral.architecture;

import org.jspecify.annotations.NullMarked;
