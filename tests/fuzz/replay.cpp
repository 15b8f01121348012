// Runs a fuzz target over its corpus, and over mutations of it that are the same every time. Finding something new is
// libFuzzer's work; this keeps found what was found, on every build and under the sanitizers.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace cairn::test {
namespace {

constexpr int kMutations = 4000;

void run(const std::string& input) {
  // Its own allocation of exactly this size, so that AddressSanitizer sees a read beyond the end.
  std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<std::string> corpus() {
  std::vector<std::string> inputs;
  auto names = system_files().list(CAIRN_CORPUS);
  for (const std::string& name : names.value_or(std::vector<std::string>{}))
    inputs.push_back(system_files().read(join_path(CAIRN_CORPUS, name)).value());
  return inputs;
}

/// One small damage: a byte changed, a piece removed, doubled, or taken from another input.
std::string mutate(std::string text, const std::string& other, Random& random) {
  size_t at = random.below(text.size() + 1);
  size_t count = random.below(std::min<size_t>(text.size() - at, 16) + 1);
  switch (random.below(5)) {
    case 0: return text.erase(at, count);
    case 1: return text.insert(at, text.substr(at, count));
    case 2: return text.insert(at, 1, static_cast<char>(random.below(256)));
    case 3: return text.substr(0, at) + other.substr(random.below(other.size() + 1));
    default:
      if (at < text.size()) text[at] = static_cast<char>(random.below(256));
      return text;
  }
}

TEST(Replay, Corpus) {
  std::vector<std::string> inputs = corpus();
  EXPECT_FALSE(inputs.empty()) << "no corpus in " << CAIRN_CORPUS;
  run("");
  for (const std::string& input : inputs) run(input);
}

TEST(Replay, Mutations) {
  std::vector<std::string> inputs = corpus();
  ASSERT_FALSE(inputs.empty());
  Random random(1);
  for (int i = 0; i < kMutations; ++i) {
    std::string input = inputs[random.below(inputs.size())];
    for (uint64_t n = 1 + random.below(4); n > 0; --n)
      input = mutate(std::move(input), inputs[random.below(inputs.size())], random);
    run(input);
  }
}

}  // namespace
}  // namespace cairn::test
