-- 专利家族与现在的法律状态
-- 读法：一行一个简单同族；“有效”为家族里任一件授权有效；状态有日期，日期之后的变化要等下次导出
-- 参数：起始年（最早申请年）
-- 数据库：library（读 lake：专利的表）
with 参数 as (
    select 2000 as 起始年
),

members as (
    select
        families.family_id,
        patents.patent_id,
        patents.title,
        patents.authority,
        patents.kind_code,
        patents.application_date,
        patents.grant_date,
        patents.legal_status,
        patents.status_as_of
    from lake.patent_families as families
    inner join lake.patents as patents on families.patent_id = patents.patent_id
    where families.family_kind = 'simple'
)

select
    members.family_id as 家族,
    min_by(members.title, members.application_date) as 题名,
    count(*) as 公开文本,
    count(distinct members.authority) as 受理局数,
    string_agg(distinct members.authority, '、' order by members.authority) as 受理局,
    min(members.application_date) as 最早申请,
    min(members.grant_date) as 最早授权,
    bool_or(members.legal_status = 'granted_active') as 有效,
    string_agg(distinct members.legal_status, '、' order by members.legal_status) as 法律状态,
    max(members.status_as_of) as 状态日期
from members
cross join 参数
group by members.family_id, 参数.起始年
having coalesce(min(members.application_date) >= 参数.起始年 || '-01-01', true)
order by 公开文本 desc, 最早申请 desc, members.family_id asc
