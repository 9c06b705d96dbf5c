/** Tests of annotated workflow classes. */
@NullMarked
package io.raftoral.workflow.annotated;

import org.jspecify.annotations.NullMarked;
