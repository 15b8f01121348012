#include "base/executor.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <vector>

#include "base/clock.h"
#include "base/priority.h"

namespace cairn {
namespace {

Executor& executor() { return system_executor(); }

TEST(Queue, RunsInTheOrderPostedAndAllBeforeItsEnd) {
  std::vector<int> ran;  // no lock: one task at a time
  {
    auto queue = executor().make_queue("order");
    for (int i = 0; i < 1000; ++i) queue->post([&ran, i] { ran.push_back(i); });
  }
  ASSERT_EQ(ran.size(), 1000u);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(ran[static_cast<size_t>(i)], i);
}

TEST(Queue, ATaskMayPostAnother) {
  std::vector<int> ran;
  auto done = executor().make_signal();
  auto queue = executor().make_queue("again");
  queue->post([&] {
    queue->post([&] {
      ran.push_back(2);
      done->set();
    });
    ran.push_back(1);
  });
  done->wait();
  queue.reset();
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
}

TEST(Queue, DelayedTasksRunInTheOrderTheyAreDue) {
  std::vector<int> ran;
  auto done = executor().make_signal();
  auto queue = executor().make_queue("delays");
  Duration start = system_clock().elapsed();
  Duration ended;
  queue->post_after(milliseconds(40), [&] {
    ran.push_back(40);
    ended = system_clock().elapsed();
    done->set();
  });
  queue->post_after(milliseconds(5), [&] { ran.push_back(5); });
  queue->post([&] { ran.push_back(0); });
  done->wait();
  queue.reset();
  EXPECT_EQ(ran, (std::vector<int>{0, 5, 40}));
  EXPECT_GE(ended - start, milliseconds(40)) << "no sooner than the delay";
}

TEST(Queue, ADelayedTaskIsDroppedWhenTheQueueEndsFirst) {
  bool ran = false;
  {
    auto queue = executor().make_queue("dropped");
    queue->post_after(hours(1), [&] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

TEST(Signal, StaysSet) {
  auto signal = executor().make_signal();
  EXPECT_FALSE(signal->wait_for(milliseconds(1)));
  signal->set();
  signal->set();
  signal->wait();
  EXPECT_TRUE(signal->wait_for(Duration{}));
}

TEST(Thread, EndsBeforeItIsDestroyed) {
  std::atomic<bool> ended = false;
  auto go = executor().make_signal();
  {
    auto thread = executor().start("a name longer than fifteen characters", [&] {
      go->wait();
      ended = true;
    });
    go->set();
  }
  EXPECT_TRUE(ended);
}

TEST(ParallelFor, RunsEachOnceAndReturnsWhenAllAreDone) {
  std::vector<std::atomic<int>> ran(10'000);
  executor().parallel_for(ran.size(), [&](size_t i) { ++ran[i]; });
  for (auto& n : ran) ASSERT_EQ(n, 1);
  executor().parallel_for(0, [](size_t) { FAIL(); });
  EXPECT_GE(executor().parallelism(), 1u);
}

TEST(FakeClock, MovesOnlyByHand) {
  FakeClock clock(Time{1000});
  EXPECT_EQ(clock.now(), Time{1000});
  clock.advance(seconds(2));
  EXPECT_EQ(clock.now(), Time{2'001'000});
  EXPECT_EQ(clock.elapsed(), Duration{2'001'000});
}

TEST(Priority, ThreadsOfTheExecutorGiveWayAndOthersDoNot) {
  if (::sched_getscheduler(0) != SCHED_OTHER) GTEST_SKIP() << "the tests themselves give way";
  give_way();
  EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER) << "a simulation runs all on one thread";
  std::vector<int> found(64, -1);
  auto done = executor().make_signal();
  auto queue = executor().make_queue("gives way");
  queue->post([&] {
    give_way();
    executor().parallel_for(found.size(), [&](size_t i) { found[i] = ::sched_getscheduler(0); });
    done->set();
  });
  done->wait();
  for (int policy : found) EXPECT_EQ(policy, SCHED_IDLE) << "with all who help";
}

}  // namespace
}  // namespace cairn
