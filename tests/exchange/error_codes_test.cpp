// One row for every error code the venue documents for what we send: what is certain after it, what
// helps against it, and whether a person must look.
#include <set>

#include "sluice/exchange/classify.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

using enum order_fate;
using cure = refusal_cure;

enum class looks { nobody, person };

struct code_row {
  int code;
  order_fate fate;
  refusal_cure helps;
  looks who;
};

/// As HTTP 400 with the venue's document.
const code_row rows[] = {
    {-1000, uncertain, cure::none, looks::nobody},
    {-1001, uncertain, cure::none, looks::nobody},
    {-1002, refused, cure::reread_settings, looks::person},
    {-1003, refused_for_now, cure::wait, looks::nobody},
    {-1006, uncertain, cure::none, looks::nobody},
    {-1007, uncertain, cure::none, looks::nobody},
    {-1008, refused_for_now, cure::wait, looks::nobody},
    {-1013, refused, cure::none, looks::person},
    {-1015, refused_for_now, cure::wait, looks::nobody},
    {-1016, refused_for_now, cure::wait, looks::person},
    {-1021, refused_for_clock, cure::reread_position, looks::nobody},
    {-1022, refused, cure::none, looks::person},
    {-1099, refused, cure::reread_settings, looks::person},
    {-1102, refused, cure::none, looks::person},
    {-1105, refused, cure::none, looks::person},
    {-1106, refused, cure::reread_settings, looks::person},
    {-1111, refused, cure::fit_to_filters, looks::nobody},
    {-1112, refused_for_now, cure::wait, looks::nobody},
    {-1115, refused, cure::none, looks::person},
    {-1116, refused, cure::none, looks::person},
    {-1117, refused, cure::none, looks::person},
    {-1121, refused, cure::reload_symbols, looks::nobody},
    {-1122, refused, cure::reload_symbols, looks::nobody},
    {-1128, refused, cure::none, looks::person},
    {-1130, refused, cure::none, looks::person},
    {-2010, refused, cure::reread_position, looks::nobody},
    {-2011, refused, cure::query_order, looks::nobody},
    {-2012, refused, cure::query_order, looks::nobody},
    {-2013, refused, cure::query_order, looks::nobody},
    {-2014, refused, cure::reread_settings, looks::person},
    {-2015, refused, cure::reread_settings, looks::person},
    {-2017, refused, cure::reread_settings, looks::person},
    {-2018, refused, cure::none, looks::nobody},
    {-2019, refused, cure::none, looks::nobody},
    {-2020, refused, cure::fit_to_filters, looks::nobody},
    {-2021, refused, cure::none, looks::nobody},
    {-2022, refused, cure::reread_position, looks::nobody},
    {-2023, refused, cure::reread_position, looks::person},
    {-2024, refused, cure::reread_position, looks::nobody},
    {-2025, refused_for_now, cure::free_orders, looks::nobody},
    {-2026, refused, cure::none, looks::nobody},
    {-2027, refused, cure::none, looks::person},
    {-2028, refused, cure::none, looks::person},
    {-4002, refused, cure::fit_to_filters, looks::nobody},
    {-4003, refused, cure::fit_to_filters, looks::nobody},
    {-4004, refused, cure::fit_to_filters, looks::nobody},
    {-4005, refused, cure::fit_to_filters, looks::nobody},
    {-4013, refused, cure::fit_to_filters, looks::nobody},
    {-4014, refused, cure::fit_to_filters, looks::nobody},
    {-4015, refused, cure::none, looks::person},
    {-4016, refused, cure::fit_to_filters, looks::nobody},
    {-4023, refused, cure::fit_to_filters, looks::nobody},
    {-4024, refused, cure::fit_to_filters, looks::nobody},
    {-4028, refused, cure::none, looks::nobody},
    {-4045, refused_for_now, cure::free_orders, looks::nobody},
    {-4046, already_so, cure::none, looks::nobody},
    {-4047, refused, cure::none, looks::nobody},
    {-4048, refused, cure::none, looks::nobody},
    {-4059, already_so, cure::none, looks::nobody},
    {-4060, refused, cure::reread_settings, looks::person},
    {-4061, refused, cure::reread_settings, looks::person},
    {-4062, refused, cure::reread_settings, looks::person},
    {-4067, refused, cure::none, looks::person},
    {-4068, refused, cure::none, looks::person},
    {-4087, refused, cure::only_reduce, looks::person},
    {-4088, refused, cure::reread_settings, looks::person},
    {-4109, refused, cure::none, looks::person},
    {-4116, uncertain, cure::none, looks::nobody},
    {-4117, uncertain, cure::none, looks::nobody},
    {-4118, refused, cure::free_orders, looks::nobody},
    {-4120, refused, cure::none, looks::person},
    {-4131, refused, cure::fit_to_filters, looks::nobody},
    {-4135, refused, cure::none, looks::nobody},
    {-4137, refused, cure::none, looks::nobody},
    {-4138, refused, cure::none, looks::nobody},
    {-4139, refused, cure::none, looks::nobody},
    {-4140, refused, cure::reload_symbols, looks::nobody},
    {-4141, refused, cure::reload_symbols, looks::nobody},
    {-4142, refused, cure::none, looks::nobody},
    {-4161, refused, cure::none, looks::nobody},
    {-4164, refused, cure::fit_to_filters, looks::nobody},
    {-4171, already_so, cure::none, looks::nobody},
    {-4183, refused, cure::fit_to_filters, looks::nobody},
    {-4184, refused, cure::fit_to_filters, looks::nobody},
    {-4192, refused, cure::none, looks::person},
    {-4210, refused, cure::fit_to_filters, looks::nobody},
    {-4211, refused, cure::fit_to_filters, looks::nobody},
    {-4400, refused, cure::only_reduce, looks::person},
    {-4401, refused, cure::only_reduce, looks::person},
    {-4405, refused, cure::only_reduce, looks::person},
    {-4407, refused, cure::only_reduce, looks::person},
    {-4517, refused, cure::only_reduce, looks::nobody},
    {-4518, refused, cure::only_reduce, looks::nobody},
    {-4519, refused, cure::only_reduce, looks::nobody},
    {-4531, refused, cure::none, looks::person},
    {-5021, refused, cure::none, looks::nobody},
    {-5022, refused, cure::none, looks::nobody},
    {-5024, refused, cure::none, looks::nobody},
    {-5025, refused, cure::none, looks::nobody},
    {-5026, refused, cure::none, looks::nobody},
    {-5027, refused, cure::none, looks::nobody},
    {-5028, uncertain_of_time, cure::none, looks::nobody},
    {-5029, refused, cure::none, looks::nobody},
    {-5041, refused_for_now, cure::wait, looks::nobody},
    {-5043, refused, cure::none, looks::nobody},
};

std::string document(int code) {
  return R"({"code":)" + std::to_string(code) + R"(,"msg":"words"})";
}

}  // namespace

TEST_CASE("every documented code has its fate, its cure and its audience") {
  for (const auto& r : rows) {
    INFO(r.code);
    const auto judged = judge_order(answer_of(400, document(r.code)));
    CHECK(judged.fate == r.fate);
    CHECK(judged.cure == r.helps);
    CHECK(judged.for_operator == (r.who == looks::person));
  }
}

TEST_CASE("no code stands for a refusal when a gateway says it failed") {
  for (const auto& r : rows) {
    INFO(r.code);
    for (const int status : {500, 502, 504})
      CHECK(judge_order(answer_of(status, document(r.code))).fate == uncertain);
    CHECK(judge_order(answer_of(408, document(r.code))).fate == uncertain);
    CHECK(judge_order(answer_of(200, document(r.code))).fate == uncertain);
  }
}

TEST_CASE("no code of the list stands there twice") {
  std::set<int> codes;
  for (const auto& r : rows)
    CHECK(codes.insert(r.code).second);
}
