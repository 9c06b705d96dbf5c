/**
 * Support for tests that need a bad network: a TCP proxy that delays, slows down, cuts and resets. In the test jar, for
 * the tests of whole clusters in other modules. Depends on the JDK alone.
 */
@NullMarked
package io.raftoral.transport.testing;

import org.jspecify.annotations.NullMarked;
