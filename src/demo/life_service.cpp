#include <algorithm>

#include "demo/life.h"
#include "demo/parameters.h"

namespace cairn::demo {
namespace {

constexpr double kGestureDays = 1;
constexpr int64_t kGestureValue = 500;

int to_five(double felt) { return felt < 0.30 ? 1 : felt < 0.43 ? 2 : felt < 0.61 ? 3 : felt < 0.79 ? 4 : 5; }
int to_seven(double felt) { return std::clamp(static_cast<int>(1.0 + 6.6 * felt), 1, 7); }
/// Nines and tens come easily to the content, as they do in real answers.
int to_ten(double felt) {
  constexpr double kFrom[] = {0.08, 0.16, 0.24, 0.32, 0.40, 0.48, 0.57, 0.65, 0.75, 0.86};
  return static_cast<int>(std::upper_bound(std::begin(kFrom), std::end(kFrom), felt) - std::begin(kFrom));
}

std::string_view agent(Random& random) {
  static constexpr std::string_view kAgents[] = {"agent-ines", "agent-marc", "agent-sofia", "agent-theo",
                                                 "agent-yasmine"};
  return kAgents[random.below(std::size(kAgents))];
}

}  // namespace

void Life::write_in(Time at, Trouble trouble, const std::string& order_id) {
  const Cause& cause = cause_of(trouble);
  std::string ticket = id('t');
  {
    Note opened = note(at, "Ticket Opened", Source::helpdesk, kEmail);
    opened.text("ticket_id", ticket).text("channel", chance(0.8) ? "email" : "phone").text("subject", cause.subject);
    opened.text("body", cause.body)
        .text("cause", cause.name)
        .text("severity", cause.severity)
        .flag("complaint", cause.is_complaint);
    if (!order_id.empty()) opened.text("order_id", order_id);
  }
  if (chance(0.6))
    note(at + seconds(30), "Ticket Replied", Source::helpdesk, kEmail)
        .text("ticket_id", ticket)
        .text("by", "automatic");
  bool well = true;
  Time solved = solve(at, ticket, cause.is_complaint, well);
  if (cause.is_complaint) {
    truth_.told_so = true;
    move(well ? kWellSolvedMoves : kBadlySolvedMoves);
    maybe_gesture(solved, ticket, order_id);
  }
  double felt = std::min(0.98, own_satisfaction_ + (well ? 0.03 : -0.25));
  Time asked = later(solved, 0.5);
  ask(asked, Answer::ticket_csat, felt, {}, ticket);
  if (chance(0.5)) ask(asked + minutes(1), Answer::ces, felt, {}, ticket);
  else ask(asked + minutes(1), Answer::need_met, felt - 0.05, {}, ticket);
}

Time Life::solve(Time opened, const std::string& ticket, bool is_complaint, bool& well) {
  std::string_view who = agent(random_);
  // A few slip through every queue; they are what the service level measures.
  double wait = random_.exponential(1 / kFirstReplyHours) * (chance(0.05) ? 5 : 1);
  Time replied = plan_.calendar.after_working(opened, 0.1 + wait);
  auto tell = [&](Time at, std::string_view kind) {
    note(at, kind, Source::helpdesk, kEmail).text("ticket_id", ticket).text("agent_id", who);
  };
  auto reply = [&](Time at) {
    note(at, "Ticket Replied", Source::helpdesk, kEmail)
        .text("ticket_id", ticket)
        .text("by", "agent")
        .text("agent_id", who);
  };
  reply(replied);
  bool at_once = chance(is_complaint ? kSolvedByFirstReply - 0.06 : kSolvedByFirstReply + 0.1);
  Time solved = plan_.calendar.after_working(replied, at_once ? 0.1 : 1 + random_.exponential(1 / 16.0));
  if (!at_once) {
    reply(solved);
    solved = plan_.calendar.after_working(solved, 0.2);
  }
  tell(solved, "Ticket Solved");
  well = chance(0.93 - 0.02 * std::min(wait, 12.0) - (at_once ? 0 : 0.12));
  if (!chance(well ? kReopens * 0.5 : kReopens * 2.5)) return solved;
  Time again = later(solved, 30);
  note(again, "Ticket Reopened", Source::helpdesk, kEmail).text("ticket_id", ticket).text("reason", "still not solved");
  solved = plan_.calendar.after_working(again, 0.5 + random_.exponential(1 / 6.0));
  reply(solved);
  solved = plan_.calendar.after_working(solved, 0.2);
  tell(solved, "Ticket Solved");
  return solved;
}

void Life::maybe_gesture(Time solved, const std::string& ticket, const std::string& order_id) {
  if (truth_.was_eligible) return;  // once each, so that the two groups stay comparable
  truth_.was_eligible = true;
  if (!chance(kGestureShare)) return;
  truth_.was_treated = true;
  Time at = plan_.calendar.after_working(solved, kGestureDays);
  std::string gesture = id('g');
  {
    Note given = note(at, "Gesture Given", Source::helpdesk, kEmail);
    given.text("gesture_id", gesture).text("gesture", "coupon").money("value", kGestureValue).text("ticket_id", ticket);
    if (!order_id.empty()) given.text("order_id", order_id);
    given.text("reason", "complaint");
  }
  coupon_ = fmt::format("MERCI-{}", name_);
  keeps_ = kGestureKeeps;
  move(kGestureMoves);
  ask(next_morning(at, 3), Answer::gesture_csat, own_satisfaction_, {}, ticket);
}

void Life::chat(Time at, std::string_view question) {
  const Calendar& calendar = plan_.calendar;
  Time begun = calendar.after_working(at, 0.02);
  std::string conversation = id('l');
  std::string_view who = agent(random_);
  auto tell = [&](Time when, std::string_view kind) -> Note {
    Note out = note(when, kind, Source::helpdesk, kEmail);
    out.text("conversation_id", conversation).text("channel", "chat").text("agent_id", who);
    return out;
  };
  tell(begun, "Live Chat Conversation Started").text("message_body", question);
  Time answered = begun + seconds(random_.between(20, 300));
  tell(answered, "Live Chat Message Received").text("message_body", "Good day! Let me look that up for you.");
  tell(answered + seconds(90), "Live Chat Conversation Ended")
      .whole("conversation_duration", (answered - begun).micros / 1'000'000 + 90);
  if (chance(0.5)) ask(later(answered, 0.5), Answer::need_met, own_satisfaction_ + 0.04, {}, {});
}

void Life::ask(Time at, Answer what, double satisfaction, const std::string& order_id, const std::string& ticket) {
  static constexpr std::string_view kSurveys[] = {"order_csat", "ticket_csat", "gesture_csat",
                                                  "need_met",   "ces",         "nps"};
  std::string_view survey = kSurveys[static_cast<size_t>(what)];
  std::string response = id('q');
  auto about = [&](Note& n) -> Note& {
    n.text("survey", survey).text("response_id", response);
    if (!order_id.empty()) n.text("order_id", order_id);
    if (!ticket.empty()) n.text("ticket_id", ticket);
    return n;
  };
  {
    Note sent = note(at, "Survey Sent", Source::survey, kEmail);
    about(sent);
  }
  bool is_asked_by_contact = what != Answer::order_csat && what != Answer::nps;
  double answers = kAnswersMean * talkative_ * (is_asked_by_contact ? 1.3 : 1);
  if (satisfaction < kDissatisfiedBelow) answers *= kSilenceOfDissatisfied;
  if (!chance(std::min(answers, 0.95))) return;
  double felt = satisfaction + random_.normal(0, kAnswerNoise);
  int score = what == Answer::nps ? to_ten(felt) : what == Answer::ces ? to_seven(felt) : to_five(felt);
  int best = what == Answer::nps ? 10 : what == Answer::ces ? 7 : 5;
  if (felt < kDissatisfiedBelow) truth_.told_so = true;
  Note answered = note(later(at, 9), "Survey Answered", Source::survey, kEmail);
  about(answered).whole("score", score).whole("score_max", best);
  if (chance(0.25 * talkative_))
    answered.text("comment", felt > 0.72  ? pick(glad_comments())
                             : felt > 0.5 ? pick(plain_comments())
                                          : pick(sad_comments()));
}

}  // namespace cairn::demo
