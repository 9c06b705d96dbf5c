/**
 * The driver by itself: three drivers in one JVM whose disks and network cost nothing, so that what is measured is the
 * loop, the core and the batching between them.
 */
@NullMarked
package io.raftoral.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
