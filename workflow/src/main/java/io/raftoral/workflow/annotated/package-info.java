/**
 * Annotated classes as workflow types of the plain API: how a class is checked, made and run, and how a client calls it by
 * its class or its entry method. Depends on {@code weave}, {@code lint} and the public API.
 */
@NullMarked
package io.raftoral.workflow.annotated;

import org.jspecify.annotations.NullMarked;
