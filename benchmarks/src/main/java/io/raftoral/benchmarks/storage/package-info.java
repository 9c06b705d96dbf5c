/** What the stores cost by themselves: appends to the log with real syncs, batches of the applied state. */
@NullMarked
package io.raftoral.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
