package io.raftoral.workflow.lint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which calls of the JDK, and of some libraries that everybody uses, break which rule. An owner is a class or, with a star
 * at the end, a package; methods are a regular expression over name and descriptor, so that {@code now\(\)} is the call
 * without a clock. Calls that are harmless with one set of arguments and harmful with another are decided by {@code
 * CallRules}.
 */
final class RuleTable {
  private static final Map<String, List<Entry>> BY_OWNER = new LinkedHashMap<>();
  private static final List<Entry> BY_PACKAGE = new ArrayList<>();

  /** One row. */
  private record Entry(Rule rule, String owner, Pattern methods) {}

  private RuleTable() {}

  private static void add(Rule rule, String methods, String... owners) {
    Pattern pattern = Pattern.compile("(?:" + methods + ")");
    for (String owner : owners) {
      if (owner.endsWith("*")) {
        BY_PACKAGE.add(new Entry(rule, owner.substring(0, owner.length() - 1), pattern));
      } else {
        BY_OWNER.computeIfAbsent(owner, name -> new ArrayList<>()).add(new Entry(rule, owner, pattern));
      }
    }
  }

  static {
    clock();
    random();
    threads();
    outside();
    machine();
    rest();
  }

  private static void clock() {
    add(Rule.CLOCK, "(currentTimeMillis|nanoTime)\\(.*", "java/lang/System");
    String[] dates = {
      "Instant", "LocalDate", "LocalTime", "LocalDateTime", "ZonedDateTime", "OffsetDateTime", "OffsetTime", "Year",
      "YearMonth", "MonthDay", "chrono/JapaneseDate", "chrono/MinguoDate", "chrono/HijrahDate",
      "chrono/ThaiBuddhistDate"
    };
    for (String date : dates) {
      add(Rule.CLOCK, "now\\((Ljava/time/ZoneId;)?\\).*", "java/time/" + date);
    }
    add(Rule.CLOCK, "(system.*|tickMillis|tickSeconds|tickMinutes)\\(.*", "java/time/Clock", "java/time/InstantSource");
    add(Rule.CLOCK, "dateNow\\(.*", "java/time/chrono/Chronology", "java/time/chrono/IsoChronology");
    add(Rule.CLOCK, "<init>\\(\\)V", "java/util/Date", "java/util/GregorianCalendar");
    add(Rule.CLOCK, "getInstance\\(.*", "java/util/Calendar");
    add(Rule.CLOCK, "createStarted\\(.*|<init>\\(.*", "com/google/common/base/Stopwatch");
  }

  private static void random() {
    add(Rule.RANDOM, "random\\(.*", "java/lang/Math", "java/lang/StrictMath");
    add(Rule.RANDOM, "<init>\\(\\)V", "java/util/Random", "java/util/SplittableRandom");
    add(Rule.RANDOM, ".*", "java/util/concurrent/ThreadLocalRandom", "java/security/SecureRandom");
    add(
        Rule.RANDOM,
        "(of|getDefault|create\\(\\)).*",
        "java/util/random/RandomGenerator",
        "java/util/random/RandomGeneratorFactory");
    add(Rule.RANDOM, "shuffle\\(Ljava/util/List;\\)V", "java/util/Collections");
    add(Rule.RANDOM, "randomUUID\\(.*", "java/util/UUID");
    add(Rule.RANDOM, "(generateKey|generateKeyPair|genKeyPair)\\(.*", "javax/crypto/KeyGenerator",
        "java/security/KeyPairGenerator");
    add(
        Rule.RANDOM,
        ".*",
        "org/apache/commons/lang3/RandomStringUtils",
        "org/apache/commons/lang3/RandomUtils",
        "org/apache/commons/lang/RandomStringUtils");
  }

  private static void threads() {
    add(Rule.SLEEP, "sleep\\(.*", "java/lang/Thread", "java/util/concurrent/TimeUnit");
    add(Rule.SLEEP, "(parkNanos|parkUntil|park)\\(.*", "java/util/concurrent/locks/LockSupport");
    add(Rule.SLEEP, "delayedExecutor\\(.*", "java/util/concurrent/CompletableFuture");
    add(
        Rule.THREAD,
        "<init>\\(.*|(start|startVirtualThread|ofVirtual|ofPlatform|join|currentThread|yield|onSpinWait|interrupt"
            + "|interrupted|isInterrupted|isAlive|threadId|getId|activeCount|getAllStackTraces|getThreadGroup)\\(.*",
        "java/lang/Thread");
    add(Rule.THREAD, ".*", "java/lang/Thread$Builder*", "java/util/Timer", "java/lang/ThreadGroup",
        "java/util/concurrent/ThreadFactory");
    add(Rule.THREAD, "(get|set|withInitial|remove|<init>)\\(.*", "java/lang/ThreadLocal",
        "java/lang/InheritableThreadLocal");
    add(Rule.THREAD, "parallelStream\\(.*", "java/util/Collection", "java/util/List", "java/util/Set",
        "java/util/ArrayList");
    add(
        Rule.THREAD,
        "parallel\\(.*",
        "java/util/stream/BaseStream",
        "java/util/stream/Stream",
        "java/util/stream/IntStream",
        "java/util/stream/LongStream",
        "java/util/stream/DoubleStream");
    add(
        Rule.ASYNC,
        ".*",
        "java/util/concurrent/Executors",
        "java/util/concurrent/Executor",
        "java/util/concurrent/ExecutorService",
        "java/util/concurrent/ScheduledExecutorService",
        "java/util/concurrent/AbstractExecutorService",
        "java/util/concurrent/ThreadPoolExecutor",
        "java/util/concurrent/ScheduledThreadPoolExecutor",
        "java/util/concurrent/ForkJoinPool",
        "java/util/concurrent/ForkJoinTask",
        "java/util/concurrent/RecursiveTask",
        "java/util/concurrent/RecursiveAction",
        "java/util/concurrent/CompletionService",
        "java/util/concurrent/ExecutorCompletionService",
        "java/util/concurrent/StructuredTaskScope*",
        "java/util/concurrent/SubmissionPublisher",
        "reactor/core/scheduler/*",
        "io/reactivex/*",
        "org/springframework/scheduling/*");
    add(
        Rule.ASYNC,
        "(supplyAsync|runAsync|.*Async|anyOf|orTimeout|completeOnTimeout)\\(.*",
        "java/util/concurrent/CompletableFuture",
        "java/util/concurrent/CompletionStage");
    add(Rule.WAIT, "(wait|notify|notifyAll)\\(.*", "java/lang/Object");
    add(Rule.WAIT, "(get|resultNow)\\(.*", "java/util/concurrent/Future", "java/util/concurrent/FutureTask");
    add(
        Rule.WAIT,
        "(await|awaitAdvance|arriveAndAwaitAdvance|acquire|acquireUninterruptibly|tryAcquire|exchange)\\(.*",
        "java/util/concurrent/CountDownLatch",
        "java/util/concurrent/CyclicBarrier",
        "java/util/concurrent/Phaser",
        "java/util/concurrent/Semaphore",
        "java/util/concurrent/Exchanger",
        "java/util/concurrent/locks/Condition");
    String[] queues = {
      "BlockingQueue", "BlockingDeque", "ArrayBlockingQueue", "LinkedBlockingQueue", "LinkedBlockingDeque",
      "PriorityBlockingQueue", "SynchronousQueue", "DelayQueue", "TransferQueue", "LinkedTransferQueue"
    };
    for (String queue : queues) {
      add(
          Rule.WAIT,
          "(take|takeFirst|takeLast|put|putFirst|putLast|transfer)\\(.*|(poll|offer)\\(.*TimeUnit;\\).*",
          "java/util/concurrent/" + queue);
    }
    add(
        Rule.LOCK,
        "(lock|lockInterruptibly|tryLock|readLock|writeLock|tryOptimisticRead)\\(.*",
        "java/util/concurrent/locks/Lock",
        "java/util/concurrent/locks/ReentrantLock",
        "java/util/concurrent/locks/ReadWriteLock",
        "java/util/concurrent/locks/ReentrantReadWriteLock",
        "java/util/concurrent/locks/ReentrantReadWriteLock$ReadLock",
        "java/util/concurrent/locks/ReentrantReadWriteLock$WriteLock",
        "java/util/concurrent/locks/StampedLock");
  }

  private static void outside() {
    add(
        Rule.IO,
        "(exists|length|list|listFiles|listRoots|lastModified|setLastModified|delete|deleteOnExit|createTempFile"
            + "|createNewFile|mkdir|mkdirs|renameTo|can.*|set(Readable|Writable|Executable|ReadOnly)|isFile|isDirectory"
            + "|isHidden|get(Free|Total|Usable)Space|getCanonical.*|getAbsolute.*)\\(.*",
        "java/io/File");
    add(Rule.IO, "<init>\\(.*", "java/io/FileInputStream", "java/io/FileOutputStream", "java/io/FileReader",
        "java/io/FileWriter", "java/io/RandomAccessFile", "java/util/zip/ZipFile", "java/util/jar/JarFile");
    add(Rule.IO, "<init>\\(L(java/io/File|java/lang/String);.*", "java/io/PrintWriter", "java/io/PrintStream",
        "java/util/Formatter");
    add(Rule.IO, "<init>\\(L(java/io/File|java/nio/file/Path);.*", "java/util/Scanner");
    add(
        Rule.IO,
        ".*",
        "java/nio/file/Files",
        "java/nio/file/FileSystems",
        "java/nio/file/WatchService",
        "java/io/Console",
        "java/util/prefs/Preferences",
        "javax/imageio/ImageIO",
        "javax/sql/*",
        "jakarta/persistence/*",
        "javax/persistence/*",
        "org/springframework/jdbc/*",
        "org/springframework/data/*",
        "org/hibernate/*",
        "org/jooq/DSLContext",
        "redis/clients/*",
        "org/apache/commons/io/FileUtils",
        "org/apache/kafka/*",
        "jakarta/jms/*");
    add(
        Rule.IO,
        "(?!<init>|getMessage|getSQLState|getErrorCode|valueOf|toString|equals|hashCode).*",
        "java/sql/DriverManager",
        "java/sql/Connection",
        "java/sql/Statement",
        "java/sql/PreparedStatement",
        "java/sql/CallableStatement",
        "java/sql/ResultSet");
    add(Rule.IO, "(toRealPath|toAbsolutePath|register)\\(.*", "java/nio/file/Path");
    add(Rule.IO, "open\\(.*", "java/nio/channels/FileChannel", "java/nio/channels/AsynchronousFileChannel");
    add(Rule.IO, "(console)\\(.*", "java/lang/System");
    add(Rule.IO, "readln\\(.*", "java/lang/IO");
    add(
        Rule.IO,
        "(getResource|getResources|getResourceAsStream|getSystemResource.*)\\(.*",
        "java/lang/Class",
        "java/lang/ClassLoader");
    add(Rule.IO, "(start|startPipeline)\\(.*", "java/lang/ProcessBuilder");
    add(Rule.IO, "exec\\(.*", "java/lang/Runtime");
    add(
        Rule.NETWORK,
        ".*",
        "java/net/Socket",
        "java/net/ServerSocket",
        "java/net/DatagramSocket",
        "java/net/MulticastSocket",
        "java/net/URLConnection",
        "java/net/HttpURLConnection",
        "javax/net/ssl/HttpsURLConnection",
        "java/net/NetworkInterface",
        "javax/net/*",
        "javax/naming/*",
        "java/rmi/*",
        "okhttp3/*",
        "retrofit2/*",
        "org/apache/http/*",
        "org/apache/hc/*",
        "org/springframework/web/client/*",
        "org/springframework/web/reactive/*",
        "io/grpc/*",
        "software/amazon/awssdk/*",
        "com/amazonaws/*",
        "jakarta/ws/rs/client/*",
        "jakarta/mail/*");
    add(Rule.NETWORK, "(send|sendAsync|newWebSocketBuilder)\\(.*", "java/net/http/HttpClient");
    add(Rule.NETWORK, "(openStream|openConnection|getContent|hashCode|equals)\\(.*", "java/net/URL");
    add(
        Rule.NETWORK,
        "(getByName|getAllByName|getLocalHost|getHostName|getCanonicalHostName|isReachable)\\(.*",
        "java/net/InetAddress",
        "java/net/Inet4Address",
        "java/net/Inet6Address");
    add(Rule.NETWORK, "<init>\\(Ljava/lang/String;I\\)V|getHostName\\(.*", "java/net/InetSocketAddress");
    add(
        Rule.NETWORK,
        "open\\(.*",
        "java/nio/channels/SocketChannel",
        "java/nio/channels/ServerSocketChannel",
        "java/nio/channels/DatagramChannel",
        "java/nio/channels/AsynchronousSocketChannel",
        "java/nio/channels/AsynchronousServerSocketChannel",
        "java/nio/channels/Selector");
  }

  private static void machine() {
    add(
        Rule.ENVIRONMENT,
        "(getenv|getProperty|getProperties|setProperty|clearProperty|lineSeparator)\\(.*",
        "java/lang/System");
    add(Rule.ENVIRONMENT, "getInteger\\(.*", "java/lang/Integer");
    add(Rule.ENVIRONMENT, "getLong\\(.*", "java/lang/Long");
    add(Rule.ENVIRONMENT, "getBoolean\\(.*", "java/lang/Boolean");
    add(Rule.ENVIRONMENT, "(availableProcessors|freeMemory|totalMemory|maxMemory|version)\\(.*", "java/lang/Runtime");
    add(Rule.ENVIRONMENT, ".*", "java/lang/management/*", "java/lang/ProcessHandle");
    add(Rule.ENVIRONMENT, "(getDefault|setDefault)\\(.*", "java/util/Locale", "java/util/TimeZone");
    add(Rule.ENVIRONMENT, "systemDefault\\(.*", "java/time/ZoneId");
    add(Rule.ENVIRONMENT, "defaultCharset\\(.*", "java/nio/charset/Charset");
    add(Rule.ENVIRONMENT, "getDefault\\(.*", "java/util/Currency");
    add(Rule.ENVIRONMENT, "environment\\(.*", "java/lang/ProcessBuilder");
    add(Rule.LOCALE, "get(Instance|NumberInstance|CurrencyInstance|PercentInstance|IntegerInstance)\\(\\).*",
        "java/text/NumberFormat", "java/text/DecimalFormat");
    add(Rule.LOCALE, "<init>\\((Ljava/lang/String;)?\\)V", "java/text/SimpleDateFormat", "java/text/DecimalFormat");
    add(Rule.LOCALE, "ofPattern\\(Ljava/lang/String;\\).*|ofLocalized.*", "java/time/format/DateTimeFormatter");
    add(Rule.LOCALE, "getInstance\\(\\).*", "java/text/Collator", "java/text/BreakIterator");
    add(Rule.LOCALE, "toLocaleString\\(.*", "java/util/Date");
  }

  private static void rest() {
    add(Rule.IDENTITY, "identityHashCode\\(.*", "java/lang/System");
    add(Rule.IDENTITY, "<init>\\(.*", "java/util/IdentityHashMap");
    add(Rule.IDENTITY, "(toIdentityString)\\(.*", "java/util/Objects");
    add(Rule.COLLECTOR, "<init>\\(.*", "java/util/WeakHashMap", "java/lang/ref/ReferenceQueue");
    add(Rule.COLLECTOR, "(get|refersTo|<init>|create)\\(.*", "java/lang/ref/WeakReference",
        "java/lang/ref/SoftReference", "java/lang/ref/PhantomReference", "java/lang/ref/Reference",
        "java/lang/ref/Cleaner");
    add(Rule.COLLECTOR, "gc\\(.*", "java/lang/System", "java/lang/Runtime");
    add(Rule.EXIT, "exit\\(.*", "java/lang/System");
    add(Rule.EXIT, "(exit|halt|addShutdownHook)\\(.*", "java/lang/Runtime");
    add(
        Rule.REFLECTION,
        "(forName|newInstance|get(Declared)?(Method|Methods|Field|Fields|Constructor|Constructors|Classes"
            + "|RecordComponents)|getRecordComponents|getAnnotations|getClassLoader)\\(.*",
        "java/lang/Class");
    add(Rule.REFLECTION, ".*", "java/lang/reflect/Method", "java/lang/reflect/Constructor",
        "java/lang/reflect/Field", "java/lang/reflect/Proxy", "java/lang/StackWalker", "sun/misc/Unsafe");
    add(Rule.REFLECTION, "(lookup|privateLookupIn|publicLookup)\\(.*", "java/lang/invoke/MethodHandles");
    add(Rule.REFLECTION, "(invoke|invokeExact|invokeWithArguments)\\(.*", "java/lang/invoke/MethodHandle");
    add(Rule.REFLECTION, "load\\(.*", "java/util/ServiceLoader");
    add(Rule.REFLECTION, "getStackTrace\\(.*", "java/lang/Thread");
  }

  /** The rule that a call breaks whatever its arguments are, or null. */
  static @Nullable Rule of(String owner, String name, String descriptor) {
    String call = name + descriptor;
    for (Entry entry : BY_OWNER.getOrDefault(owner, List.of())) {
      if (entry.methods.matcher(call).matches()) {
        return entry.rule;
      }
    }
    for (Entry entry : BY_PACKAGE) {
      if (owner.startsWith(entry.owner) && entry.methods.matcher(call).matches()) {
        return entry.rule;
      }
    }
    return null;
  }
}
