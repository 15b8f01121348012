// What is known about one customer, as it is shown. docs/reference/customer-360.md is the page of it.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "json/codec.h"
#include "json/describe.h"
#include "people/model.h"

namespace cairn::profile {

/// One value that an attribute has had, from `since` on.
struct Told {
  json::Value value;
  Time since;           ///< When what told it happened; of a value told again and again, the first time.
  Time known_at;        ///< When we learnt it.
  std::string source;   ///< Who said so.
  CustomerId customer;  ///< The id that it came under.
  std::optional<Seq> seq;
};
BOOST_DESCRIBE_STRUCT(Told, (), (value, since, known_at, source, customer, seq))

struct Attribute {
  std::string name;  ///< `email`; of a member `member.tier`.
  json::Value value;
  Time since;
  std::string source;
  int64_t changes = 0;        ///< How often it was another value before.
  std::vector<Told> history;  ///< Latest first, the present one too; when it was asked for.
};
BOOST_DESCRIBE_STRUCT(Attribute, (), (name, value, since, source, changes, history))

struct Identifier {
  std::string kind, value;
  Time known_at;
  std::string source;
  CustomerId customer;  ///< The id that it names by itself.
};
BOOST_DESCRIBE_STRUCT(Identifier, (), (kind, value, known_at, source, customer))

struct MergeEvidence {
  std::string merge_id;
  CustomerId a, b;       ///< The two ids that it ties, as they were.
  std::string rule;      ///< identifiers, or by_hand.
  json::Value evidence;  ///< What says that they are one.
  Time at;
  std::string actor;
  std::optional<Time> undone_at;
};
BOOST_DESCRIBE_STRUCT(MergeEvidence, (), (merge_id, a, b, rule, evidence, at, actor, undone_at))

/// What the person allows: one a purpose.
struct Consent {
  std::string purpose, state;
  std::optional<Time> since;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(Consent, (), (purpose, state, since, source))

/// What they say of themselves.
struct Declared {
  std::string attribute;
  std::vector<std::string> choices;
  Time since;
};
BOOST_DESCRIBE_STRUCT(Declared, (), (attribute, choices, since))

struct RecentOrder {
  std::string order_id;
  Time placed_at;
  std::string status;
  std::optional<Money> total;
  std::string channel;
  std::optional<Time> promised_at, delivered_at;
};
BOOST_DESCRIBE_STRUCT(RecentOrder, (), (order_id, placed_at, status, total, channel, promised_at, delivered_at))

struct Orders {
  int64_t count = 0;  ///< Those that were not cancelled, here and below.
  int64_t cancelled = 0;
  std::optional<Money> revenue;  ///< Paid, less refunds.
  std::optional<Money> average;
  std::optional<Time> first_at, last_at;
  std::vector<RecentOrder> recent;  ///< The latest, cancelled ones too.
};
BOOST_DESCRIBE_STRUCT(Orders, (), (count, cancelled, revenue, average, first_at, last_at, recent))

/// What somebody mostly does: the value, how often of how often.
struct Favourite {
  std::string value;
  int64_t times = 0, of = 0;
};
BOOST_DESCRIBE_STRUCT(Favourite, (), (value, times, of))

struct PriceBand {
  Money low, high;
  int64_t items = 0;  ///< Units that it is made of.
};
BOOST_DESCRIBE_STRUCT(PriceBand, (), (low, high, items))

struct Cycle {
  double days = 0;  ///< Median between two orders.
  int64_t gaps = 0;
  Time next_expected_at;  ///< The last order and one cycle.
  bool is_overdue = false;
};
BOOST_DESCRIBE_STRUCT(Cycle, (), (days, gaps, next_expected_at, is_overdue))

struct Habits {
  std::optional<Favourite> category, channel;
  std::optional<int64_t> usual_hour;  ///< 0–23 in the brand's zone.
  std::optional<PriceBand> price_band;
  std::optional<Cycle> cycle;
};
BOOST_DESCRIBE_STRUCT(Habits, (), (category, channel, usual_hour, price_band, cycle))

struct Rfm {
  int64_t recency = 0, frequency = 0;
  std::optional<int64_t> value;  ///< Nothing without a currency.
  std::string text;              ///< `5-4-3`
  std::string group;             ///< champions, at_risk, or empty.
  std::string label;             ///< The same for people.
  Time thresholds_at;            ///< Of when the fifths of all buyers are.
  int64_t buyers = 0;            ///< Of so many.
  bool has_fixed_frequency = false;
};
BOOST_DESCRIBE_STRUCT(Rfm, (),
                      (recency, frequency, value, text, group, label, thresholds_at, buyers, has_fixed_frequency))

struct Answer {
  std::string survey;
  double score = 0;
  Time at;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (survey, score, at))

struct Verbatim {
  std::string text;
  std::string survey;
  std::optional<double> score;
  Time at;
};
BOOST_DESCRIBE_STRUCT(Verbatim, (), (text, survey, score, at))

struct Satisfaction {
  std::optional<Answer> nps, csat;
  std::optional<Verbatim> verbatim;
};
BOOST_DESCRIBE_STRUCT(Satisfaction, (), (nps, csat, verbatim))

struct Ticket {
  std::string ticket_id;
  Time opened_at;
  std::string cause, severity, channel, order_id;
  bool is_complaint = false;
  int64_t replies = 0;
};
BOOST_DESCRIBE_STRUCT(Ticket, (), (ticket_id, opened_at, cause, severity, channel, order_id, is_complaint, replies))

struct Support {
  int64_t tickets = 0, open = 0, complaints = 0;
  std::vector<Ticket> open_tickets;  ///< The latest first, 20 at most.
};
BOOST_DESCRIBE_STRUCT(Support, (), (tickets, open, complaints, open_tickets))

/// What hurts, the worst first.
struct Hurt {
  std::string what;  ///< ticket_open, order_late, ticket_overdue, order_missing, low_rating, low_nps
  Time since;
  std::string id;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Hurt, (), (what, since, id, text))

struct Why {
  std::string text;  ///< A part of the condition, as a query writes it.
  json::Value value;
  int64_t event_count = 0;
};
BOOST_DESCRIBE_STRUCT(Why, (), (text, value, event_count))

struct InSegment {
  int64_t id = 0;
  std::string name;
  std::string query;
  std::optional<Time> entered_at;   ///< As recorded; nothing when it was never told as an event.
  std::optional<Time> valid_until;  ///< When they leave it, were nothing to happen.
  std::vector<Why> why;
};
BOOST_DESCRIBE_STRUCT(InSegment, (), (id, name, query, entered_at, valid_until, why))

struct Reason {
  std::string because;
  Time at;
  std::string id;
  std::optional<double> score;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (because, at, id, score, text))

struct Level {
  std::string standing;          ///< away, fragile, unplaced, level
  std::optional<int64_t> level;  ///< 1–6
  std::string text;
  std::vector<Reason> reasons;
};
BOOST_DESCRIBE_STRUCT(Level, (), (standing, level, text, reasons))

struct Note {
  std::string id;
  CustomerId customer;  ///< The id that it was written about.
  std::string text;
  std::string author;
  Time at;
};
BOOST_DESCRIBE_STRUCT(Note, (), (id, customer, text, author, at))

struct Tag {
  std::string tag;
  std::string author;
  Time at;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (tag, author, at))

struct TagCount {
  std::string tag;
  int64_t customers = 0;
};
BOOST_DESCRIBE_STRUCT(TagCount, (), (tag, customers))

/// Who it is, in the words for the top of a page.
struct Who {
  std::string name;  ///< Of the attributes; else the strongest identifier; else `Visitor …1234`.
  std::string email, phone, city, country, locale;
  bool is_known = false;  ///< By more than a device.
  std::string tier;
  std::optional<Time> first_seen_at, last_seen_at;
};
BOOST_DESCRIBE_STRUCT(Who, (), (name, email, phone, city, country, locale, is_known, tier, first_seen_at, last_seen_at))

struct Profile {
  CustomerId id;                ///< As it stands now.
  std::vector<CustomerId> ids;  ///< All that they ever had, ascending; with `id`.
  Who who;
  Orders orders;
  std::vector<Hurt> hurts;
  std::vector<Consent> consents;  ///< What may be done: every purpose, `unknown` where nobody said.
  std::vector<Declared> declared;
  std::vector<Attribute> attributes;
  std::vector<Identifier> identifiers;
  std::vector<MergeEvidence> merges;  ///< That made these ids one person, or did; oldest first.
  Habits habits;
  std::optional<Rfm> rfm;
  Satisfaction satisfaction;
  Support service;
  Level level;
  std::vector<InSegment> segments;
  std::vector<Note> notes;  ///< Latest first, 100 at most.
  std::vector<Tag> tags;
  int64_t events = 0;
  Time as_of;
  Seq last_seq;  ///< Every row of the log up to this was looked at.
};
BOOST_DESCRIBE_STRUCT(Profile, (),
                      (id, ids, who, orders, hurts, consents, declared, attributes, identifiers, merges, habits, rfm,
                       satisfaction, service, level, segments, notes, tags, events, as_of, last_seq))

/// One event of a timeline.
struct Moment {
  Seq seq;
  std::string kind;    ///< `Order Completed`
  std::string stream;  ///< `order_completed`, as a query names it.
  Time occurred_at, known_at;
  std::string source;
  CustomerId customer;  ///< The id that it came under.
  bool is_historical = false;
  json::Value properties;
};
BOOST_DESCRIBE_STRUCT(Moment, (),
                      (seq, kind, stream, occurred_at, known_at, source, customer, is_historical, properties))

struct TimelinePage {
  CustomerId id;
  std::vector<Moment> events;       ///< Newest first.
  std::optional<std::string> next;  ///< The cursor of the page behind; nothing: there is no more.
  int64_t looked_at = 0;            ///< Events that were read for this page.
};
BOOST_DESCRIBE_STRUCT(TimelinePage, (), (id, events, next, looked_at))

struct Match {
  std::string kind;   ///< name, email, phone, order_id, id, or the kind of the identifier.
  std::string value;  ///< What was found.
};
BOOST_DESCRIBE_STRUCT(Match, (), (kind, value))

struct Hit {
  CustomerId id;
  std::string name, email, phone, city;
  std::optional<Time> last_seen_at;
  std::vector<Match> matched;
  bool is_guess = false;  ///< Only a letter away from what was typed.
};
BOOST_DESCRIBE_STRUCT(Hit, (), (id, name, email, phone, city, last_seen_at, matched, is_guess))

struct Found {
  std::vector<Hit> customers;
  bool is_complete = true;  ///< False while names and orders are still being read into the index.
};
BOOST_DESCRIBE_STRUCT(Found, (), (customers, is_complete))

inline constexpr std::array kPersonalColumns = {
    people::PersonalColumn{"customer_notes", "text", "what the brand's people wrote about a customer"},
    people::PersonalColumn{"customer_notes", "author", "who wrote it"},
    people::PersonalColumn{"customer_tags", "tag", "what a customer is called"},
    people::PersonalColumn{"customer_tags", "author", "who said so"},
    people::PersonalColumn{"customer_names", "text", "names, e-mails and telephones to search by"},
};

}  // namespace cairn::profile
