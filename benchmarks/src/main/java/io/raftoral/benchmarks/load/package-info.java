/**
 * How load is made and measured, whatever is under it: a closed loop, what the process used meanwhile, and how figures
 * are printed. Knows nothing of clusters.
 */
@NullMarked
package io.raftoral.benchmarks.load;

import org.jspecify.annotations.NullMarked;
