#include "measures/tickets.h"

#include <gtest/gtest.h>

#include "measures/log_by_hand.h"

namespace cairn::measures {
namespace {

class Tickets : public testing::Test {
 protected:
  void add(std::string_view kind, Time at, std::string properties, int source = 1) {
    for (char& c : properties)
      if (c == '\'') c = '"';
    Event e;
    e.seq = Seq{++seq_};
    e.occurred_at = e.known_at = at;
    e.source = source;
    e.precedence = source == 1 ? 100 : 50;
    e.kind = kind_ref(kind);
    e.properties = properties;
    fold_.add(e, Properties(e, reading_));
  }
  Ticket only() {
    auto tickets = fold_.take();
    EXPECT_EQ(tickets.size(), 1u);
    return tickets.empty() ? Ticket() : tickets.front();
  }
  Reading reading_{Zone(), Currency::parse("EUR").value()};
  TicketFold fold_;
  int64_t seq_ = 0;
};

TEST_F(Tickets, AutomaticReplyStopsNoClock) {
  add("Ticket Opened", on_day(4, 9), "{'ticket_id':'t','complaint':true,'cause':'Late'}");
  add("Ticket Replied", on_day(4, 9), "{'ticket_id':'t','by':'automatic'}");
  add("Ticket Replied", on_day(4, 10), "{'ticket_id':'t','by':'customer'}");
  EXPECT_FALSE(only().first_reply_at);
  add("Ticket Replied", on_day(4, 11), "{'ticket_id':'t','by':'agent'}");
  add("Ticket Solved", on_day(4, 12), "{'ticket_id':'t'}");
  Ticket t = only();
  EXPECT_EQ(t.first_reply_at, on_day(4, 11));
  EXPECT_EQ(t.replies_before_solved, 1);
  EXPECT_EQ(t.solved_at, on_day(4, 12));
  EXPECT_EQ(t.cause, "late");
  EXPECT_TRUE(t.is_complaint);
  EXPECT_EQ(sla_of(t, on_day(30), Zone()), Sla::met);
}

TEST_F(Tickets, ReopenedIsOpenUntilSolvedAgain) {
  add("Ticket Opened", on_day(4, 9), "{'ticket_id':'t'}");
  add("Ticket Solved", on_day(4, 12), "{'ticket_id':'t'}");
  add("Ticket Reopened", on_day(6, 12), "{'ticket_id':'t'}");
  EXPECT_FALSE(only().solved_at);
  EXPECT_EQ(only().reopened_at, on_day(6, 12));
  add("Ticket Solved", on_day(7, 12), "{'ticket_id':'t'}");
  EXPECT_EQ(only().solved_at, on_day(7, 12));
  EXPECT_EQ(only().first_solved_at, on_day(4, 12));
}

TEST_F(Tickets, CopiesFromAnotherSourceCountOnce) {
  for (int source : {1, 2}) {
    add("Ticket Opened", on_day(4, 9), "{'ticket_id':'t'}", source);
    add("Ticket Replied", on_day(4, 10), "{'ticket_id':'t','by':'agent'}", source);
    add("Ticket Solved", on_day(4, 12), "{'ticket_id':'t'}", source);
  }
  EXPECT_EQ(only().replies_before_solved, 1);
}

TEST_F(Tickets, SlaIsPendingWhileThereIsTime) {
  add("Ticket Opened", on_day(4, 9), "{'ticket_id':'t'}");
  EXPECT_EQ(sla_of(only(), on_day(4, 18), Zone()), Sla::pending);
  EXPECT_EQ(sla_of(only(), on_day(5, 10), Zone()), Sla::missed) << "9 working hours without a reply";
  add("Ticket Replied", on_day(4, 10), "{'ticket_id':'t','by':'agent'}");
  EXPECT_EQ(sla_of(only(), on_day(5, 10), Zone()), Sla::pending);
  EXPECT_EQ(sla_of(only(), on_day(11, 10), Zone()), Sla::missed) << "45 working hours without a solution";
}

}  // namespace
}  // namespace cairn::measures
