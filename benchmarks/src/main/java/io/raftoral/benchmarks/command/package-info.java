/**
 * {@code ./raftoral bench}: whole-cluster benchmarks, one command each. They parse options, run clusters of {@code
 * cluster} under the load of {@code load}, and print a table and JSON.
 */
@NullMarked
package io.raftoral.benchmarks.command;

import org.jspecify.annotations.NullMarked;
