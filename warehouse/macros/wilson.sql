-- 比例的 Wilson 95 % 区间：下限、上限；分母为空或 0 时为空
-- grain: one row per call (scalar)
create or replace macro library.main.wilson_low(k, n) as case
    when n > 0
        then
            (
                k / n + 1.959963984540054 ^ 2 / (2 * n)
                - 1.959963984540054 * sqrt(greatest(k / n * (1 - k / n) / n + 1.959963984540054 ^ 2 / (4 * n * n), 0))
            )
            / (1 + 1.959963984540054 ^ 2 / n)
end;

create or replace macro library.main.wilson_high(k, n) as case
    when n > 0
        then
            (
                k / n + 1.959963984540054 ^ 2 / (2 * n)
                + 1.959963984540054 * sqrt(greatest(k / n * (1 - k / n) / n + 1.959963984540054 ^ 2 / (4 * n * n), 0))
            )
            / (1 + 1.959963984540054 ^ 2 / n)
end;
