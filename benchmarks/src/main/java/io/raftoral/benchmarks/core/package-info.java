/** Benchmarks of the bare consensus core: no driver, no disk, no network. */
@NullMarked
package io.raftoral.benchmarks.core;

import org.jspecify.annotations.NullMarked;
