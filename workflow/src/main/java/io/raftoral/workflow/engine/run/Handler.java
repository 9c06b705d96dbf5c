package io.raftoral.workflow.engine.run;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a branch does with signals or updates of one name.
 *
 * @param argument their type
 * @param result of an update; {@code Void.class} for a signal
 */
record Handler(
    Class<?> argument,
    Class<?> result,
    Consumer<@Nullable Object> validator,
    Function<@Nullable Object, @Nullable Object> code) {}
