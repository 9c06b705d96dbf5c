/**
 * What marks a workflow class: {@link io.raftoral.workflow.annotation.DistributedWorkflow} and what it may contain. Depends
 * on nothing but {@link io.raftoral.workflow.Delivery}; the guide is {@code docs/annotations.md}.
 */
@NullMarked
package io.raftoral.workflow.annotation;

import org.jspecify.annotations.NullMarked;
