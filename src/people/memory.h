// Identifiers seen lately and whose they are, so that most events ask the store nothing.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/id.h"
#include "base/random.h"
#include "events/model.h"

namespace cairn::people {

/// Kept by 128 keyed bits of the identifier: with a key that nobody knows two identifiers are never taken for one in
/// practice (at 10⁹ of them the chance is 10⁻²¹), and nothing is allocated an event. Two generations: when the young
/// one is full it becomes the old one, and what is asked for again moves over. 24 bytes a slot, 100 MB at most.
class Memory {
 public:
  explicit Memory(Entropy& entropy);
  /// Not set when it is not remembered.
  CustomerId find(const events::Identifier& identifier);
  void remember(const events::Identifier& identifier, CustomerId customer);
  void forget(const events::Identifier& identifier);
  void clear();

 private:
  struct Print {
    uint64_t a = 0, b = 0;
    bool operator==(const Print&) const = default;
  };
  struct Slot {
    Print print;
    CustomerId customer;  ///< Not set: forgotten.
  };
  struct Generation {
    std::vector<Slot> slots;
    size_t used = 0;
    Slot* find(const Print& print);
    /// False when it is full.
    bool put(const Print& print, CustomerId customer);
  };
  Print print_of(const events::Identifier& identifier);
  void put(const Print& print, CustomerId customer);

  SipKey first_key_, second_key_;
  Generation young_, old_;
  std::string scratch_;
};

}  // namespace cairn::people
