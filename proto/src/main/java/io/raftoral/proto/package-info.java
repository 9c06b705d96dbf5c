/**
 * The codec between the records of the Raft core and their protobuf form on the wire and on disk.
 *
 * <p>The schema is in {@code src/main/protobuf}; {@code io.raftoral.proto.v1} holds the classes generated from it. The
 * hot messages are written and read by hand, field by field, because the generated classes would copy every payload
 * twice; tests hold both against each other. May depend on the records of {@code io.raftoral.raft} and on protobuf.
 */
@NullMarked
package io.raftoral.proto;

import org.jspecify.annotations.NullMarked;
