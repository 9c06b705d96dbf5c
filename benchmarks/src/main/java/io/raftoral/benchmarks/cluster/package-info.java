/**
 * Clusters of production parts in one JVM, with loopback TCP between the nodes and RocksDB under each: a replicated map
 * directly on the driver, and nodes that run workflows. What the benchmarks measure runs here; how, is in {@code load}.
 */
@NullMarked
package io.raftoral.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
