package io.lockservice.client.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of tests with a cell. What its tests get is told by {@link LockServiceExtension}. */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LockServiceExtension.class)
public @interface LockServiceTest {
    /** How many replicas the cell has, 1 to 7. */
    int replicas() default 3;

    /** See {@link LockServiceCell.Builder#leaderLeaseMs}. */
    long leaderLeaseMs() default 1_000;

    /**
     * Whether each test has a cell of its own. Else all tests of the class share one, with its files and locks, and what went
     * wrong with it is repaired after each test.
     */
    boolean cellPerTest() default false;
}
