// Amélie, whom docs/start/demo-shop.md follows: what she and her sister Camille do in the shop's last four weeks. The
// same in every demo but for the dates. The page and the test tell the same events: change all three together.
#pragma once
#include "demo/calendar.h"
#include "demo/tape.h"

namespace cairn::demo {

void tell_story(const Calendar& calendar, Tape& tape);

}  // namespace cairn::demo
