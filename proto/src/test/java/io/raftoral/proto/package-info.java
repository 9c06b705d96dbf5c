@NullMarked
package io.raftoral.proto;

import org.jspecify.annotations.NullMarked;
