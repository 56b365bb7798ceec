// The faults of requests and connections in force, and the way they bend their courses.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fault_timing.hpp"
#include "sluice/simulator/faults.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

class fault_book {
 public:
  explicit fault_book(std::uint64_t seed) : random_(seed ^ stable_seed) {}
  /// `since`: how long the venue has been running.
  void add(request_fault f, milliseconds since);
  void add(connection_fault f, milliseconds since);
  void clear();
  [[nodiscard]] std::size_t size() const { return requests_.size() + connections_.size(); }

  /// Applies what matches, in order of addition: delays add up, the first other effect decides.
  void bend(const request& r, course& c, milliseconds since);
  [[nodiscard]] connection_course draw_connection(milliseconds since);
  [[nodiscard]] std::optional<request_cut> draw_request_cut(milliseconds since,
                                                            std::string_view first_bytes);

 private:
  struct numbered_fault : request_fault {
    std::uint64_t number{0};  ///< From 1, in order of addition.
  };
  static constexpr std::uint64_t stable_seed = 0x6661756c74ULL;
  [[nodiscard]] bool hits(request_fault& f, const request& r, milliseconds since);
  void apply(const numbered_fault& f, course& c, milliseconds since);
  [[nodiscard]] milliseconds delay_of(const request_fault& f, milliseconds since);

  std::vector<numbered_fault> requests_{};
  std::uint64_t added_{0};
  std::vector<connection_fault> connections_{};
  random_source random_;
};

}  // namespace sluice::simulator
