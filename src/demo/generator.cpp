#include "demo/generator.h"

#include <algorithm>
#include <tuple>

#include "demo/parameters.h"
#include "demo/story.h"

namespace cairn::demo {
namespace {

constexpr uint32_t kSliceEvents = 4000;
constexpr uint32_t kWaveEvents = 2'600'000;
constexpr double kEventsPerCustomerMonth = 2.2;  // only to size waves
constexpr double kEventsPerCustomer = 8;
constexpr uint32_t kChunk = 256;
constexpr int kStoryCustomers = 2;

uint32_t wave_customers(const Plan& plan) {
  return static_cast<uint32_t>(kWaveEvents / (kEventsPerCustomer + kEventsPerCustomerMonth * plan.months));
}

uint32_t simulated(const Plan& plan) { return static_cast<uint32_t>(std::max(0, plan.customers - kStoryCustomers)); }

}  // namespace

size_t Slice::size() const {
  size_t sum = 0;
  for (const auto& list : by_source) sum += list.size();
  return sum;
}

uint64_t Generator::expected() const {
  uint32_t all = simulated(plan_);
  if (next_customer_ >= all || next_customer_ == 0) return events_;
  return events_ * all / next_customer_;
}

/// Lives of [first, last), the first ones invited as far as there are invitations. Appends to tapes_ and truths_.
std::vector<Invitation> Generator::live(uint32_t first, uint32_t last, const std::vector<Invitation>& invitations) {
  size_t chunks = (last - first + kChunk - 1) / kChunk, before = tapes_.size(), truths_before = truths_.size();
  for (size_t i = 0; i < chunks; ++i)
    tapes_.push_back(std::make_unique<Tape>(plan_.calendar.begin(), plan_.calendar.end()));
  truths_.resize(truths_before + (last - first));
  std::vector<std::vector<Invitation>> sent(chunks);
  executor_.parallel_for(chunks, [&](size_t chunk) {
    Tape& tape = *tapes_[before + chunk];
    uint32_t begin = first + static_cast<uint32_t>(chunk) * kChunk, end = std::min(last, begin + kChunk);
    for (uint32_t customer = begin; customer < end; ++customer) {
      size_t place = customer - first;
      std::optional<Invitation> invitation;
      if (place < invitations.size()) invitation = invitations[place];
      Life life(plan_, customer, invitation, tape);
      life.live();
      truths_[truths_before + place] = life.truth();
      sent[chunk].insert(sent[chunk].end(), life.invitations().begin(), life.invitations().end());
    }
    tape.finish();
  });
  std::vector<Invitation> out;
  for (const auto& list : sent) out.insert(out.end(), list.begin(), list.end());
  return out;
}

bool Generator::begin_wave() {
  tapes_.clear();
  truths_.clear();
  order_.clear();
  at_ = 0;
  uint32_t first = next_customer_, last = std::min(simulated(plan_), first + wave_customers(plan_));
  if (first == last && told_story_) return false;
  auto referred = static_cast<uint32_t>((last - first) * kReferredShare);
  auto invitations = live(first, last - referred, {});
  std::erase_if(invitations, [&](const Invitation& i) { return i.at + days(7) >= plan_.calendar.end(); });
  std::sort(invitations.begin(), invitations.end(),
            [](const Invitation& a, const Invitation& b) { return std::tie(a.at, a.from) < std::tie(b.at, b.from); });
  // More are invited than there is room for: every so many-th, so that they come over the whole time.
  if (invitations.size() > referred) {
    std::vector<Invitation> spread;
    for (uint64_t i = 0; i < referred; ++i) spread.push_back(invitations[i * invitations.size() / referred]);
    invitations = std::move(spread);
  }
  live(last - referred, last, invitations);
  if (!told_story_) {
    tapes_.push_back(std::make_unique<Tape>(plan_.calendar.begin(), plan_.calendar.end()));
    tell_story(plan_.calendar, *tapes_.back());
    tapes_.back()->finish();
    told_story_ = true;
  }
  next_customer_ = last;
  merge();
  return true;
}

void Generator::merge() {
  size_t count = 0;
  for (const auto& tape : tapes_) count += tape->records().size();
  order_.reserve(count);
  for (uint32_t t = 0; t < tapes_.size(); ++t)
    for (uint32_t r = 0; r < tapes_[t]->records().size(); ++r) order_.push_back({tapes_[t]->records()[r].at, t, r});
  std::sort(order_.begin(), order_.end(), [](const Place& a, const Place& b) {
    return std::tie(a.at, a.tape, a.record) < std::tie(b.at, b.tape, b.record);
  });
  events_ += count;
}

bool Generator::next(Slice& slice) {
  for (auto& list : slice.by_source) list.clear();
  began_wave_ = at_ == order_.size();
  if (began_wave_ && !begin_wave()) return false;
  // Consents do not count: whose an event is depends on what came before it, so what else is in a slice stays there.
  for (uint32_t count = 0; at_ < order_.size() && count < kSliceEvents; ++at_) {
    const Tape& tape = *tapes_[order_[at_].tape];
    const Record& record = tape.records()[order_[at_].record];
    count += record.source != Source::consent;
    slice.by_source[static_cast<size_t>(record.source)].push_back(to_event(tape, record));
  }
  return true;
}

}  // namespace cairn::demo
