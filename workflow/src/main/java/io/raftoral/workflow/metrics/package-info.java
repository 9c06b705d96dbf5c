/**
 * Metrics of a node for Micrometer, which is an optional dependency: nothing outside this package touches it. {@code
 * docs/metrics.md} lists the meters.
 */
@NullMarked
package io.raftoral.workflow.metrics;

import org.jspecify.annotations.NullMarked;
