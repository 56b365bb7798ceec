// The venue's spelling of sides, legs, times in force and states.
#include "documents.hpp"

namespace sluice::simulator {

const char* venue_word(side s) {
  return s == side::buy ? "BUY" : "SELL";
}

const char* venue_word(position_side s) {
  switch (s) {
    case position_side::both:
      return "BOTH";
    case position_side::long_:
      return "LONG";
    case position_side::short_:
      return "SHORT";
  }
  return "BOTH";
}

const char* venue_word(time_in_force t) {
  switch (t) {
    case time_in_force::gtc:
      return "GTC";
    case time_in_force::ioc:
      return "IOC";
    case time_in_force::fok:
      return "FOK";
    case time_in_force::gtx:
      return "GTX";
    case time_in_force::gtd:
      return "GTD";
  }
  return "GTC";
}

const char* venue_word(margin_type m) {
  return m == margin_type::isolated ? "ISOLATED" : "CROSSED";
}

const char* venue_word(algo_status s) {
  switch (s) {
    case algo_status::new_:
      return "NEW";
    case algo_status::cancelled:
      return "CANCELED";
    case algo_status::triggering:
      return "TRIGGERING";
    case algo_status::triggered:
      return "TRIGGERED";
    case algo_status::finished:
      return "FINISHED";
    case algo_status::rejected:
      return "REJECTED";
    case algo_status::expired:
      return "EXPIRED";
  }
  return "NEW";
}

}  // namespace sluice::simulator
