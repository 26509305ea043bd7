namespace MitmWeb.Web.Setup;

/// <summary>The page's looks and its one script. The colours are the dashboard's; all text keeps WCAG's AA contrast in both themes.</summary>
internal static class SetupStyle
{
    public static readonly Html Css = new("""
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--inset:#eef1f4;--border:#dde2e8;--strong:#c2cad3;--text:#1a2028;--dim:#55606d;--accent:#0b6e64;--soft:#dff2ef;--on:#fff;--amber:#8a5300;--amber-soft:#fdf1d8;--amber-edge:#e6c37d;--green:#1a6b35;--green-soft:#e0f3e6;--green-edge:#a3d5b3;--red:#b42318;--shadow:0 1px 2px #1018281a,0 1px 8px #1018280a}
        @media (prefers-color-scheme:dark){:root{--bg:#12151a;--card:#1a1f26;--inset:#0e1115;--border:#2a303a;--strong:#3d4653;--text:#e3e7ed;--dim:#9ba6b4;--accent:#43c6b6;--soft:#14352f;--on:#06211d;--amber:#f0b458;--amber-soft:#2e2412;--amber-edge:#5d4718;--green:#6fd392;--green-soft:#13291b;--green-edge:#255a38;--red:#ff8a7d;--shadow:none}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--text);font:15px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif}
        code,pre{font-family:ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
        a{color:var(--accent);text-underline-offset:2px}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
        .wrap{max-width:1080px;margin:0 auto;padding:0 20px}
        header{border-bottom:1px solid var(--border);background:var(--card)}
        header .wrap{display:flex;align-items:center;gap:10px;height:56px}
        .logo{width:26px;height:26px;flex:none}
        .brand{font-weight:650;font-size:17px;letter-spacing:-.01em}
        .where{color:var(--dim);border-left:1px solid var(--strong);padding-left:10px;margin-left:2px}
        .icon{width:20px;height:20px;flex:none}
        .status{display:flex;gap:14px;align-items:flex-start;border:1px solid;border-radius:10px;padding:16px 18px;margin:24px 0 8px}
        .status .icon{width:24px;height:24px;margin-top:1px}
        .status h1{font-size:18px;line-height:1.35;margin:0 0 4px;letter-spacing:-.01em}
        .status p{margin:0;overflow-wrap:anywhere}.status p+p{margin-top:6px}
        .status.ok{background:var(--green-soft);border-color:var(--green-edge)}.status.ok>.icon{color:var(--green)}
        .status.todo{background:var(--amber-soft);border-color:var(--amber-edge)}.status.todo>.icon{color:var(--amber)}
        #trust .yes,#trust .no,#trust[data-state=yes] .ask,#trust[data-state=no] .ask{display:none}
        #trust[data-state=yes] .yes,#trust[data-state=no] .no{display:inline}
        #trust .yes{color:var(--green);font-weight:600}#trust .no{color:var(--red);font-weight:600}
        main{display:grid;grid-template-columns:minmax(0,1fr) 300px;grid-template-areas:"guide side" "more side";gap:0 28px;align-items:start}
        .guide{grid-area:guide}.more{grid-area:more}.side{grid-area:side;display:grid;gap:16px;margin-top:24px}
        h2{font-size:16px;margin:28px 0 12px;letter-spacing:-.005em}
        .card{background:var(--card);border:1px solid var(--border);border-radius:10px;box-shadow:var(--shadow)}
        .side .card{padding:16px 18px}.side h2{margin:0 0 8px;font-size:14px;color:var(--dim);font-weight:600}
        .address{display:block;font-size:19px;font-weight:600;overflow-wrap:anywhere;line-height:1.3}
        .small{font-size:13px;color:var(--dim);margin:8px 0 0}
        .fingerprint{display:block;font-size:12px;line-height:1.7;overflow-wrap:anywhere;background:var(--inset);border-radius:6px;padding:8px 10px;margin:8px 0 0}
        .downloads{display:grid;grid-template-columns:1fr 1fr;gap:8px;margin-top:12px}
        .button{display:inline-flex;align-items:center;justify-content:center;gap:8px;min-height:40px;padding:0 16px;border-radius:8px;background:var(--accent);color:var(--on);font-weight:600;text-decoration:none}
        .button:hover{filter:brightness(1.08)}
        .downloads .button{background:none;color:var(--text);border:1px solid var(--strong);padding:0 8px;font-weight:500;font-size:14px}
        .downloads .button:hover{background:var(--inset);filter:none}.downloads .icon{width:16px;height:16px;color:var(--accent)}
        .qr{display:block;background:#fff;border-radius:8px;width:100%;max-width:200px;margin:10px auto 0;border:1px solid var(--border);overflow:hidden}.qr svg{display:block;width:100%;height:auto}
        details.card{margin-bottom:10px;overflow:hidden}
        summary{display:flex;align-items:center;gap:12px;padding:13px 18px;cursor:pointer;list-style:none;min-height:48px}
        summary::-webkit-details-marker{display:none}
        summary:hover{background:var(--inset)}summary:focus-visible{outline-offset:-3px;border-radius:10px}
        summary>.icon{color:var(--accent);width:22px;height:22px}
        summary b{font-weight:600}summary .about{color:var(--dim);font-size:13.5px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
        .chevron{width:18px;height:18px;margin-left:auto;flex:none;color:var(--dim);transition:transform 120ms}
        details[open]>summary .chevron{transform:rotate(90deg)}
        details[open]>summary{border-bottom:1px solid var(--border)}
        .here{background:var(--soft);color:var(--accent);font-size:12px;font-weight:600;border-radius:99px;padding:1px 9px;white-space:nowrap}
        .steps{list-style:none;margin:0;padding:6px 18px 14px}
        .steps>li{position:relative;padding:14px 0 0 40px}
        .steps>li>.n{position:absolute;left:0;top:13px;width:26px;height:26px;border-radius:50%;background:var(--soft);color:var(--accent);font-weight:650;font-size:13px;display:grid;place-items:center}
        .steps>li>.n .icon{width:15px;height:15px;stroke-width:2.6}
        .steps>li.done>.n{background:var(--green-soft);color:var(--green)}
        .steps>li:not(:last-child)::before{content:"";position:absolute;left:12.5px;top:44px;bottom:-8px;width:1px;background:var(--border)}
        .steps h3{font-size:15px;margin:0;line-height:1.7}.steps h3 span{font-weight:400;color:var(--green);font-size:13px;margin-left:6px}
        .steps p{margin:6px 0}.steps ul{margin:6px 0;padding-left:18px}.steps li li{margin:5px 0}
        .note{background:var(--inset);border-radius:8px;padding:9px 12px;font-size:13.5px}
        .fields{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
        .fields div{display:flex;border:1px solid var(--border);border-radius:8px;overflow:hidden}.fields dt{background:var(--inset);color:var(--dim);padding:4px 10px;font-size:13px;display:flex;align-items:center}.fields dd{margin:0;padding:4px 12px;font-weight:600;overflow-wrap:anywhere}
        p code,li code{background:var(--inset);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
        .note code{background:var(--card)}
        .fields code,pre code{background:none;padding:0}
        .command{display:flex;align-items:flex-start;margin:8px 0;background:var(--inset);border:1px solid var(--border);border-radius:8px;overflow:hidden}
        pre{margin:0;flex:1;min-width:0;padding:10px 14px;overflow-x:auto;font-size:13px;line-height:1.65}
        .copy{flex:none;margin:6px 6px 6px 0;font-family:inherit;font-size:12.5px;line-height:1;color:var(--text);background:var(--card);border:1px solid var(--strong);border-radius:6px;padding:7px 10px;min-width:58px;cursor:pointer}
        .copy:hover{border-color:var(--accent);color:var(--accent)}
        .safety{padding:4px 20px 12px}.safety ul{padding-left:20px;margin:10px 0}.safety li{margin:7px 0}
        footer{color:var(--dim);font-size:13px;padding:28px 0 36px}
        main.message{display:block;max-width:560px;margin:12vh auto;text-align:center}.message h1{font-size:26px;margin:0 0 8px;letter-spacing:-.015em}.message p{color:var(--dim);margin:0 0 22px}
        @media (max-width:860px){main{grid-template-columns:minmax(0,1fr);grid-template-areas:"guide" "side" "more"}.side{margin-top:16px}.wide{display:none}}
        @media (max-width:560px){.wrap{padding:0 14px}summary{padding:12px 14px}summary .about{display:none}.here{margin-left:0}.steps{padding:4px 14px 14px}.steps>li{padding-left:36px}.button{width:100%}.status{padding:14px}}
        @media (prefers-reduced-motion:reduce){*{transition:none!important}}
        @media print{.copy,.chevron{display:none}}
        """);

    /// <summary>
    /// Buttons that copy the commands, and the look whether this device trusts the authority: a picture over HTTPS from the magic host,
    /// which only loads when it does. It looks again when somebody comes back from the settings. The page reads the same without.
    /// </summary>
    public static readonly Html Script = new("""
        document.querySelectorAll('.command').forEach(box=>{
          const code=box.querySelector('code'),button=document.createElement('button');
          button.className='copy';button.type='button';button.textContent='Copy';
          button.addEventListener('click',async()=>{
            let ok=true;
            try{await navigator.clipboard.writeText(code.textContent)}
            catch{const s=getSelection(),r=document.createRange();r.selectNodeContents(code);s.removeAllRanges();s.addRange(r);ok=document.execCommand('copy');if(ok)s.removeAllRanges()}
            button.textContent=ok?'Copied':'Select';setTimeout(()=>button.textContent='Copy',1600);
          });
          box.append(button);
        });
        const trust=document.getElementById('trust');
        if(trust&&trust.dataset.check){
          const look=()=>{if(trust.dataset.state==='yes')return;
            const i=new Image();
            i.onload=()=>trust.dataset.state='yes';
            i.onerror=()=>trust.dataset.state='no';
            i.src=trust.dataset.check+'?'+Date.now()};
          look();addEventListener('focus',look);
        }
        """);
}
